import { pino } from 'pino'
import { Agent } from 'undici'
import { DEFAULTS } from '../../src/defaults.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Fetch, Log, LogLevel, Runtime } from '../../src/ports/runtime.ts'
import { bounded, DRAINED, webRuntime } from './web.ts'

/** Node: pino for the log, an undici pool with connections kept alive for what goes out. */
export function nodeRuntime(level: LogLevel): Runtime {
  return { ...webRuntime('node', pinoLog(level)), fetch: pooledFetch() }
}

function pinoLog(level: LogLevel): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } })
  return {
    debug: (message, fields) => logger.debug(fields, message),
    info: (message, fields) => logger.info(fields, message),
    warn: (message, fields) => logger.warn(fields, message),
    error: (message, fields) => logger.error(fields, message),
  }
}

const levelName = (level: string) => ({ level })

/** Connections that one participant gets at most. */
const CONNECTIONS = 256

function pooledFetch(): Fetch {
  const agent = new Agent({ connections: CONNECTIONS, connect: { timeout: DEFAULTS.connect } })
  const targets = new Map<string, Target>()

  return async (url, { method, headers, body, timeouts, keep }) => {
    const target = targetOf(targets, url)
    const abort = new AbortController()
    const late = () => abort.abort(new BatutaError('no-answer', `no answer within ${timeouts.answer} ms`))
    const timer = setTimeout(late, timeouts.answer)
    try {
      const options = { ...target, method, headers, body: body ?? null, signal: abort.signal }
      const answer = await agent.request(options as Parameters<Agent['request']>[0])
      const text = keep === 0 ? (await answer.body.dump({ limit: DRAINED }), '') : await bounded(answer.body, keep)
      return { status: answer.statusCode, header: (name) => single(answer.headers[name.toLowerCase()]), body: text }
    } finally {
      clearTimeout(timer)
    }
  }
}

interface Target {
  readonly origin: string
  readonly path: string
}

/** A service sends to a handful of addresses, again and again. */
function targetOf(targets: Map<string, Target>, url: string): Target {
  const known = targets.get(url)
  if (known !== undefined) return known
  const { origin, pathname, search } = new URL(url)
  const target = { origin, path: pathname + search }
  if (targets.size < 1_000) targets.set(url, target)
  return target
}

function single(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null
}
