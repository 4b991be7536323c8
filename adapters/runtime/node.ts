import type { LogFormat, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { pinoLog } from './node/log.ts'
import { pooledFetch } from './node/pool.ts'
import { webRuntime } from './web.ts'

/** Node: logs through pino; outward requests go through an undici pool with keep-alive. */
export function nodeRuntime(level: LogLevel, format: LogFormat = 'pino'): Runtime {
  return { ...webRuntime('node', pinoLog(level, format)), fetch: pooledFetch(), trusting: pooledFetch }
}
