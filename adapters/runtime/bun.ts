import { hostname } from 'node:os'
import process from 'node:process'
import type { Fetch, LogFormat, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, platformFetch, webRuntime } from './web.ts'

/** Bun: the web-standard runtime; Bun's fetch keeps connections alive. */
export function bunRuntime(level: LogLevel, format: LogFormat = 'pino'): Runtime {
  const base = { pid: process.pid, hostname: hostname() }
  const web = webRuntime(
    'bun',
    consoleLog(level, (line) => console.log(line), { format, base }),
  )
  return { ...web, fetch: bunFetch(), trusting: (ca) => bunFetch({ tls: { ca } }) }
}

/** Bun repeats a `PUT` whose kept connection was cut before the answer; on a connection of its own it does not. */
function bunFetch(extra: object = {}): Fetch {
  const keeping = platformFetch(extra)
  const once = platformFetch({ ...extra, keepalive: false })
  return (url, request) => (request.isSentOnce === true && request.method === 'PUT' ? once : keeping)(url, request)
}
