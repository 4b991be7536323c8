import { hostname } from 'node:os'
import process from 'node:process'
import type { LogFormat, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, platformFetch, webRuntime } from './web.ts'

/** Bun: the web-standard runtime; Bun's fetch keeps connections alive. */
export function bunRuntime(level: LogLevel, format: LogFormat = 'pino'): Runtime {
  const base = { pid: process.pid, hostname: hostname() }
  const web = webRuntime(
    'bun',
    consoleLog(level, (line) => console.log(line), { format, base }),
  )
  return { ...web, trusting: (ca) => platformFetch({ tls: { ca } }) }
}
