/** `npm run docs:logs`: writes docs/LOGS.md, the list of all log lines, from src/ports/log-codes.ts. */
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { LOG_CODES } from '../src/ports/log-codes.ts'
import type { LogCode } from '../src/ports/log-codes.ts'

const FILE = new URL('../docs/LOGS.md', import.meta.url)
const TABLE = new URL('../src/ports/log-codes.ts', import.meta.url)
/** A comment of one line, then the code that it explains. */
const ENTRY = /^ {2}\/\*\* (.+) \*\/\n {2}'([^']+)':/gm

/** docs/LOGS.md as it is to be. Throws where a code has no comment. */
export async function logDocs(): Promise<string> {
  const meanings = new Map<string, string>()
  for (const [, meaning = '', code = ''] of (await readFile(TABLE, 'utf8')).matchAll(ENTRY)) meanings.set(code, meaning)
  const rows = (Object.keys(LOG_CODES) as LogCode[]).map((code) => rowOf(code, meanings.get(code)))
  return [...HEAD, ...rows, ''].join('\n')
}

const HEAD = [
  '# Log lines',
  '',
  '<!-- written by `npm run docs:logs` from src/ports/log-codes.ts -->',
  '',
  'Batuta logs one JSON object a line on standard output: `level`, `time`, `code`, `msg` and fields.',
  'Alerts and searches go by `code`: it is stable, while `msg` may be improved. `why` holds the reason of a failure.',
  '',
  'A line that would repeat with every request is written once, then at most once a minute with `times`, the number of',
  'repetitions since the last one. At the level `debug` each of them is written. The line of its end has the total.',
  'Unexpected and refused events are written each time.',
  '',
  '| code | level | words | meaning |',
  '|---|---|---|---|',
]

function rowOf(code: LogCode, meaning: string | undefined): string {
  if (meaning === undefined)
    throw new Error(`write docs/LOGS.md: expected a comment above "${code}" in src/ports/log-codes.ts`)
  const { level, words } = LOG_CODES[code]
  return `| \`${code}\` | ${level} | ${words} | ${meaning} |`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFile(FILE, await logDocs())
