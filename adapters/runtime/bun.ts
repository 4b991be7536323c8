import type { LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, platformFetch, webRuntime } from './web.ts'

/** Bun: the web-standard runtime; Bun's fetch keeps connections alive. */
export function bunRuntime(level: LogLevel): Runtime {
  const web = webRuntime(
    'bun',
    consoleLog(level, (line) => console.log(line)),
  )
  return { ...web, trusting: (ca) => platformFetch({ tls: { ca } }) }
}
