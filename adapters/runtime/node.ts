import { pino } from 'pino'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import type { Log, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { pooledFetch } from './node/pool.ts'
import { webRuntime } from './web.ts'

/** Node: logs through pino; outward requests go through an undici pool with keep-alive. */
export function nodeRuntime(level: LogLevel): Runtime {
  return { ...webRuntime('node', pinoLog(level)), fetch: pooledFetch(), trusting: pooledFetch }
}

function pinoLog(level: LogLevel): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } })
  return {
    write: (code, fields, lower) => {
      const { level, words } = LOG_CODES[code]
      logger[lower ?? level]({ code, ...fields }, words)
    },
  }
}

const levelName = (level: string) => ({ level })
