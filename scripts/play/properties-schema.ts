/** Part of `npm run schema`: writes `properties.schema.json`, which editors use to complete a properties file. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { PROPERTIES_FILE } from '../../testing/properties/properties-schema.ts'
import { schemaText } from './schema-text.ts'

const FILE = 'properties.schema.json'

/** The text of `properties.schema.json`. */
export function propertiesSchemaText(): Promise<string> {
  const description = 'What must never, or always, be true of the sagas of a saga.json, for `batuta simulate`'
  return schemaText(PROPERTIES_FILE, { file: FILE, title: 'properties.json', description })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(new URL(`../../${FILE}`, import.meta.url), await propertiesSchemaText())
}
