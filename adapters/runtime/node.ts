import { pino } from 'pino'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import type { Log, LogFormat, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { pooledFetch } from './node/pool.ts'
import { webRuntime } from './web.ts'

/** Node: logs through pino; outward requests go through an undici pool with keep-alive. */
export function nodeRuntime(level: LogLevel, format: LogFormat = 'pino'): Runtime {
  return { ...webRuntime('node', pinoLog(level, format)), fetch: pooledFetch(), trusting: pooledFetch }
}

function pinoLog(level: LogLevel, format: LogFormat): Log {
  const logger = pino({ level, ...(format === 'text-levels' && TEXT_LEVELS) })
  return {
    write: (code, fields, lower) => {
      const { level, words } = LOG_CODES[code]
      logger[lower ?? level]({ code, ...fields }, words)
    },
    writes: (level) => logger.isLevelEnabled(level),
  }
}

const TEXT_LEVELS = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level: string) => ({ level }) },
}
