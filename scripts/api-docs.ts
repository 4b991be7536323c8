/**
 * `npm run docs:api`: writes the description of the HTTP API, `docs/api/openapi.json` and the same text as a module of the service,
 * from the table of routes, its Valibot schemas and the texts in `scripts/api/`.
 */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { format } from 'oxfmt'
import { describedRoutes, openApi } from './api/open-api.ts'

const ROOT = new URL('../', import.meta.url)

/** Path in the repository → text, of every generated file of the documentation. */
export async function apiFiles(): Promise<ReadonlyMap<string, string>> {
  const document = openApi(describedRoutes())
  return new Map([
    ['docs/api/openapi.json', await formatted('openapi.json', JSON.stringify(document))],
    [
      'src/documentation/open-api-text.ts',
      await formatted(
        'open-api-text.ts',
        constant('OPEN_API_TEXT', 'OpenAPI of all routes, as JSON', JSON.stringify(document)),
      ),
    ],
  ])
}

function constant(name: string, meaning: string, text: string): string {
  return `/** ${meaning}; made by \`npm run docs:api\`. */\nexport const ${name}: string = ${JSON.stringify(text)}\n`
}

async function formatted(file: string, text: string): Promise<string> {
  const { code } = await format(file, text, { printWidth: 120, semi: false, singleQuote: true })
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = [...(await apiFiles())]
  await Promise.all(files.map(([file, text]) => writeFile(new URL(file, ROOT), text)))
}
