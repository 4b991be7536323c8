import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lintText } from '../../scripts/walls/lint.ts'
import { ADAPTERS, CORE, DETERMINISTIC, OPEN, TESTING } from '../../scripts/walls/rooms.ts'
import { tsconfigs } from '../../scripts/walls/tsconfigs.ts'
import { ROOT } from './tools.ts'

const GENERATED = new Map([['.oxlintrc.json', lintText()], ...(await tsconfigs())])

describe('the walls and their table', () => {
  test.each([...GENERATED])('%s is what `npm run walls` writes', (file, text) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toBe(text)
  })

  test.each([...CORE, ...ADAPTERS, ...OPEN, ...TESTING, ...DETERMINISTIC].map(({ room }) => [room]))(
    'the room %s exists',
    (room) => {
      expect(['', '.ts'].some((end) => existsSync(join(ROOT, room + end)))).toBe(true)
    },
  )
})
