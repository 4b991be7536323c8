/** `npm run docs:findings`: writes docs/FINDINGS.md, every code of `batuta check`, from the tables in the source. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { FINDINGS } from '../src/config/finding.ts'
import { INSPECTIONS } from '../src/config/inspection-codes.ts'
import { PROBLEMS, type Advice } from '../src/config/problem-codes.ts'
import { EXAMPLES } from './finding-docs/examples.ts'
import { PAGE_HEAD } from './finding-docs/page-head.ts'
import { describeReported, showExample } from './finding-docs/show-example.ts'

const FILE = new URL('../docs/FINDINGS.md', import.meta.url)

type Code = keyof typeof EXAMPLES

const SECTIONS = [
  ['## Found by check alone', INSPECTIONS],
  ['## Logged at start, too', FINDINGS],
  ['## Problems', PROBLEMS],
] as const

const WORDS = { warn: 'Warning', info: 'Note', error: 'Problem' } as const

/** docs/FINDINGS.md as it is to be. Throws where an example does not make its code. */
export async function findingDocs(): Promise<string> {
  const sections: string[] = []
  for (const [title, table] of SECTIONS) {
    sections.push(title)
    for (const [code, kind] of Object.entries(table)) sections.push(await entryOf(code as Code, kind))
  }
  return `${[...PAGE_HEAD, ...sections].join('\n\n')}\n`
}

async function entryOf(code: Code, kind: Advice & { readonly level?: 'warn' | 'info' }): Promise<string> {
  const example = EXAMPLES[code]
  if (example === undefined) {
    throw new Error(
      `write docs/FINDINGS.md: found no example of "${code}", expected one in scripts/finding-docs/examples.ts`,
    )
  }
  const { written, reported } = await showExample(example)
  const report = reported.find((one) => one.code === code)
  if (report === undefined && reported.length > 0) {
    throw new Error(`write docs/FINDINGS.md: found no "${code}" among the reports of its example`)
  }
  const level = WORDS[kind.level ?? 'error']
  return [
    `### \`${code}\``,
    '',
    `${level}. ${kind.why}`,
    '',
    `Mend: ${kind.mend}`,
    '',
    '```text',
    ...written,
    ...(report === undefined ? [] : [`→ ${describeReported(report)}`]),
    '```',
  ].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFile(FILE, await findingDocs())
