/** `npm run walls`: writes `.oxlintrc.json` and every tsconfig but the base, made of the tables in `scripts/walls/`. */
import { writeFile } from 'node:fs/promises'
import { lintText } from './walls/lint.ts'
import { tsconfigs } from './walls/tsconfigs.ts'

const ROOT = new URL('../', import.meta.url)

const files = [['.oxlintrc.json', lintText()] as const, ...(await tsconfigs())]
await Promise.all(files.map(([file, text]) => writeFile(new URL(file, ROOT), text)))
