import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { expect, test } from 'vitest'
import { propertiesSchemaText } from '../../../../scripts/play/properties-schema.ts'

const COMMITTED = readFileSync(join(import.meta.dirname, '../../../../properties.schema.json'), 'utf8')
const validator = new Validator(JSON.parse(COMMITTED) as object, '7', false)

test('properties.schema.json is what `npm run schema` writes', async () => {
  expect(COMMITTED).toBe(await propertiesSchemaText())
})

test.each([
  [{ $schema: './properties.schema.json', never: [['charged', 'not shipped']], always: ['eventually final'] }, true],
  [{ never: [] }, true],
  [{ never: ['charged'] }, false],
  [{ never: [[]] }, false],
  [{ never: [['']] }, false],
  [{ always: ['final'] }, false],
  [{ nevr: [] }, false],
])('an editor takes %j: %s', (file, isValid) => {
  expect(validator.validate(file).valid).toBe(isValid)
})
