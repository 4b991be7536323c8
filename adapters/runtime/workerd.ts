import type { HeaderText, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { consoleLog, webRuntime } from './web.ts'
import type { LogStyle } from './web.ts'

/** workerd: `waitUntil` is that of the request or the object, so that work after an answer is not cut off. */
export function workerdRuntime(
  level: LogLevel,
  waitUntil: (work: Promise<unknown>) => void,
  style: LogStyle = {},
): Runtime {
  const log = consoleLog(level, (line) => console.log(line), style)
  return { ...webRuntime('workerd', log), waitUntil, mayVanish: true, headerText: UTF8_HEADERS }
}

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const REPLACEMENT = '\uFFFD'

/** workerd decodes header values as UTF-8, with U+FFFD for all other bytes, and encodes them so. */
const UTF8_HEADERS: HeaderText = {
  read(text) {
    if (isAscii(text) || text.includes(REPLACEMENT)) return text
    return Array.from(ENCODER.encode(text), (byte) => String.fromCharCode(byte)).join('')
  },
  write(bytes) {
    if (isAscii(bytes)) return bytes
    try {
      return DECODER.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
    } catch {
      return undefined
    }
  },
}

function isAscii(text: string): boolean {
  return /^[\u0000-\u007F]*$/.test(text)
}
