/** Part of `npm run schema`: writes `play.schema.json`, which editors use to complete a play file. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { PLAY_FILE } from '../../cli/play/play-schema.ts'
import { schemaText } from './schema-text.ts'

const FILE = 'play.schema.json'

/** The text of `play.schema.json`. */
export function playSchemaText(): Promise<string> {
  const description = 'How the participants of `batuta dev` and `batuta simulate` answer the commands of a saga.json'
  return schemaText(PLAY_FILE, { file: FILE, title: 'play.json', description })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(new URL(`../../${FILE}`, import.meta.url), await playSchemaText())
}
