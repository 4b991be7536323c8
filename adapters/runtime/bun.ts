import type { LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, webRuntime } from './web.ts'

/** Bun: web standards; its fetch keeps connections alive by itself. */
export function bunRuntime(level: LogLevel): Runtime {
  return webRuntime(
    'bun',
    consoleLog(level, (line) => console.log(line)),
  )
}
