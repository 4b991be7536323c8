/** `npm run docs:logs`: writes docs/LOGS.md, all log lines and error codes, from the two tables in the source. */
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { ERRORS } from '../src/errors.ts'
import type { ErrorCode } from '../src/errors.ts'
import { LOG_CODES } from '../src/ports/log-codes.ts'
import type { LogCode } from '../src/ports/log-codes.ts'

const FILE = new URL('../docs/LOGS.md', import.meta.url)
const LOG_TABLE = '../src/ports/log-codes.ts'
const ERROR_TABLE = '../src/errors.ts'
/** A comment of one line, then the code that it explains. */
const ENTRY = /^ {2}\/\*\* (.+) \*\/\n {2}'([^']+)':/gm

const LOGS_HEAD = [
  '# Log lines and errors',
  '',
  '<!-- written by `npm run docs:logs` from src/ports/log-codes.ts and src/errors.ts -->',
  '',
  'Batuta logs one JSON object a line on standard output: `level`, `time`, `code`, `msg` and fields. `LOG_FORMAT` chooses',
  'the form of the first two:',
  '',
  '| `LOG_FORMAT` | `level` | `time` | also |',
  '|---|---|---|---|',
  '| `pino`, the default | 10 `trace`, 20 `debug`, 30 `info`, 40 `warn`, 50 `error` | milliseconds since 1970 | `pid` and `hostname`, where the host has them: not on workerd; on Deno the variable `HOSTNAME` |',
  '| `text-levels` | `"info"` | `"2026-03-14T09:26:53.589Z"` | – |',
  '',
  '```json',
  '{"level":50,"time":1773480413589,"pid":7,"hostname":"batuta-0","code":"event.unexpected","saga":"4b83f73d","label":"paid","state":"confirmed","reqId":"7d1b","expected":[],"msg":"an event was not expected in the state of its saga; it is ignored"}',
  '```',
  '',
  'A line that an HTTP request causes has its id as `reqId`: the header `x-request-id`, or a new one. A line of a Kafka',
  'record has `origin` instead: topic, partition and offset. Lines about the delivery of a command have its id.',
  '',
  'At the level `trace` each request has a line "incoming request", at `debug` and `trace` one "request completed", with the',
  "fields of Mia-Platform's services: `http`, `url`, `host`, `responseTime` in milliseconds. They log the latter at `info`;",
  '[HTTP.md](HTTP.md#metrics) has the same as metrics, which cost less than a line for each request.',
  '',
  'On Node lines are written beside the work of the service: under full load at `debug` they may come some seconds after what they',
  'tell, in their order. A process that is killed loses those that it has not written; one that stops writes all. Where the log is not',
  'read for long, lines beyond 32 Mi characters are dropped, and `log.dropped` counts them.',
  '',
  'Alerts and searches go by `code`: it is stable, while `msg` may be improved. `why` holds the reason of a failure.',
  '',
  'A line that would repeat with every request is written once, then at most once a minute with `times`, the number of',
  'repetitions since the last one. At the level `debug` each of them is written. The line of its end has the total.',
  'Unexpected and refused events are written each time.',
  '',
  '| code | level | words | meaning |',
  '|---|---|---|---|',
]

const ERRORS_HEAD = [
  '',
  '## Errors',
  '',
  'An error has a `code`, a `message` and, where another error caused it, a `cause`. Recognise it by its code. `retryable`',
  'says whether the same call may succeed when it is repeated.',
  '',
  '| code | retryable | meaning |',
  '|---|---|---|',
]

/** docs/LOGS.md as it is to be. Throws where a code has no comment. */
export async function logDocs(): Promise<string> {
  const [ofLine, ofError] = [await meaningsIn(LOG_TABLE), await meaningsIn(ERROR_TABLE)]
  const lines = (Object.keys(LOG_CODES) as LogCode[]).map((code) => {
    const { level, words } = LOG_CODES[code]
    return `| \`${code}\` | ${level} | ${words} | ${ofLine(code)} |`
  })
  const errors = (Object.keys(ERRORS) as ErrorCode[]).map(
    (code) => `| \`${code}\` | ${ERRORS[code].retryable ? 'yes' : 'no'} | ${ofError(code)} |`,
  )
  return [...LOGS_HEAD, ...lines, ...ERRORS_HEAD, ...errors, ''].join('\n')
}

/** The comment of a code in a table of the source. */
async function meaningsIn(table: string): Promise<(code: string) => string> {
  const text = await readFile(new URL(table, import.meta.url), 'utf8')
  const meanings = new Map([...text.matchAll(ENTRY)].map(([, meaning = '', code = '']) => [code, meaning]))
  return (code) => {
    const meaning = meanings.get(code)
    if (meaning === undefined) throw new Error(`write docs/LOGS.md: expected a comment above "${code}" in ${table}`)
    return meaning
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFile(FILE, await logDocs())
