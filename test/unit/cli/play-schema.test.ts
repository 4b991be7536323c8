import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { expect, test } from 'vitest'
import { playSchemaText } from '../../../scripts/play/play-schema.ts'
import { ROOT } from './run.ts'

const COMMITTED = readFileSync(join(ROOT, 'play.schema.json'), 'utf8')
const validator = new Validator(JSON.parse(COMMITTED) as object, '7', false)

test('play.schema.json is what `npm run schema` writes', async () => {
  expect(COMMITTED).toBe(await playSchemaText())
})

test.each([
  [{ commands: {} }, true],
  [
    { commands: { pay: { events: { paid: 1, refused: { weight: 0.5, payload: { why: 'no' } } }, latency: 'PT1S' } } },
    true,
  ],
  [{ commands: { pay: { latency: ['PT1S', 'PT2S'], failureRate: 0.5, silence: 0 } } }, true],
  [{}, false],
  [{ commands: { pay: { latancy: 'PT1S' } } }, false],
  [{ commands: { pay: { latency: 5 } } }, false],
  [{ commands: { pay: { silence: 2 } } }, false],
  [{ commands: { pay: { events: { paid: 'often' } } } }, false],
])('an editor takes %j: %s', (file, isValid) => {
  expect(validator.validate(file).valid).toBe(isValid)
})
