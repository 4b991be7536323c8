import { pino } from 'pino'
import { LOG_CODES } from '../../../src/ports/log-codes.ts'
import type { Log, LogFormat, LogLevel } from '../../../src/ports/runtime.ts'

/** Characters of lines that wait for the reader of standard output. Further lines are dropped and counted: memory is bounded. */
const LONGEST_BACKLOG = 32 * 1024 * 1024

/** Logs through pino. Lines are written beside the work of the service: none waits for the reader of the log. */
export function pinoLog(level: LogLevel, format: LogFormat): Log {
  const lines = pino.destination({ sync: false, maxLength: LONGEST_BACKLOG })
  const logger = pino({ level, ...(format === 'text-levels' && TEXT_LEVELS) }, lines)
  const write: Log['write'] = (code, fields, lower) => {
    const { level, words } = LOG_CODES[code]
    logger[lower ?? level]({ code, ...fields }, words)
  }
  let dropped = 0
  lines.on('drop', () => dropped++)
  lines.on('drain', () => {
    if (dropped === 0) return
    write('log.dropped', { lines: dropped })
    dropped = 0
  })
  return { write, writes: (level) => logger.isLevelEnabled(level) }
}

const TEXT_LEVELS = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level: string) => ({ level }) },
}
