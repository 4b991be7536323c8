/**
 * `npm run docs:api`: writes the description of the HTTP API, `docs/api/openapi.json` and the same text as a module of the service,
 * from the table of routes, its Valibot schemas and the texts in `scripts/api/`. With `--release` also the description that later
 * versions must not break.
 */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { format } from 'oxfmt'
import { consoleFiles, pageFiles } from './api/page-files.ts'
import { describedRoutes, openApi } from './api/open-api.ts'

const ROOT = new URL('../', import.meta.url)
const CURRENT = 'docs/api/openapi.json'
const RELEASED = 'docs/api/released.openapi.json'

/** Path in the repository → text, of every generated file of the documentation. */
export async function apiFiles(): Promise<ReadonlyMap<string, string>> {
  const description = JSON.stringify(openApi(describedRoutes()))
  return new Map([
    [CURRENT, await formatted('openapi.json', description)],
    ['src/documentation/open-api-text.ts', await constants({ OPEN_API_TEXT: description })],
    ['src/documentation/page-files.ts', await constants(await pageFiles())],
    ['src/console/page-files.ts', await constants(await consoleFiles())],
  ])
}

function constants(texts: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(texts).map(
    ([name, text]) => `/** Made by \`npm run docs:api\`. */\nexport const ${name}: string = ${JSON.stringify(text)}\n`,
  )
  return formatted('constants.ts', lines.join(''))
}

async function formatted(file: string, text: string): Promise<string> {
  const { code } = await format(file, text, { printWidth: 120, semi: false, singleQuote: true })
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = new Map(await apiFiles())
  if (process.argv.includes('--release')) files.set(RELEASED, files.get(CURRENT) ?? '')
  await Promise.all([...files].map(([file, text]) => writeFile(new URL(file, ROOT), text)))
}
