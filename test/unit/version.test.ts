import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { NAME, VERSION } from '../../src/version.ts'

test('C7 the probes tell the name and version of the package', () => {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  expect(JSON.parse(file)).toMatchObject({ name: NAME, version: VERSION })
})
