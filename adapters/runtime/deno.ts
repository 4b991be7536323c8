import type { LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, webRuntime } from './web.ts'

/** Deno: web standards all the way. */
export function denoRuntime(level: LogLevel): Runtime {
  return webRuntime(
    'deno',
    consoleLog(level, (line) => console.log(line)),
  )
}
