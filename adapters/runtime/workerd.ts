import type { LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, webRuntime } from './web.ts'
import type { LogStyle } from './web.ts'

/** workerd: `waitUntil` is that of the request or the object, so that work after an answer is not cut off. */
export function workerdRuntime(
  level: LogLevel,
  waitUntil: (work: Promise<unknown>) => void,
  style: LogStyle = {},
): Runtime {
  const log = consoleLog(level, (line) => console.log(line), style)
  return { ...webRuntime('workerd', log), waitUntil, mayVanish: true }
}
