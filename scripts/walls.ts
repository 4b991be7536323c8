/** `npm run walls`: writes `.oxlintrc.json`, made of the table of rooms in `scripts/walls/rooms.ts`. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { lintText } from './walls/lint.ts'

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(new URL('../.oxlintrc.json', import.meta.url), lintText())
}
