import type { Context } from 'hono'
import type { Metrics } from '../ports/metrics.ts'
import type { Fields, LogLevel, Runtime } from '../ports/runtime.ts'
import { requestFields } from './request-fields.ts'
import type { RequestIds } from './request-id.ts'
import type { RouteHandler } from './route.ts'

/** Options of `observeRequests`. */
export interface ObserveOptions {
  readonly runtime: Runtime
  readonly metrics: Pick<Metrics, 'request'>
  /** `debug` logs the end of each request, `trace` its beginning too. */
  readonly logLevel: LogLevel
  readonly ids: RequestIds
}

/** Observes the requests of one route: `route` is its pattern, so that the number of time series is bounded (C7). */
export type ObserveRoute = (route: string, handle: RouteHandler) => RouteHandler

/** The label of requests that no route takes, as in the reference's metrics. */
export const UNKNOWN_ROUTE = '__unknown__'

/** Counts and times each request, and logs it at the levels `debug` and `trace`, probes and metrics excepted. */
export function observeRequests(options: ObserveOptions): ObserveRoute {
  const { runtime, metrics } = options
  const logs = requestLog(options)
  return (route, handle) => {
    const log = route.startsWith('/-/') ? undefined : logs
    return async (c) => {
      const begun = runtime.monotonic()
      log?.incoming?.(c)
      let status = 503 // the answer to an error that no route expects
      try {
        const answer = await handle(c)
        status = answer.status
        return answer
      } finally {
        const ms = runtime.monotonic() - begun
        metrics.request({ method: methodLabel(c.req.method), route, status }, ms / 1_000)
        log?.completed(c, status, ms)
      }
    }
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A client may send any word as its method. */
function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other'
}

interface RequestLog {
  readonly incoming?: (c: Context) => void
  readonly completed: (c: Context, status: number, ms: number) => void
}

/** `undefined` where the level has none, so that none is built. */
function requestLog({ runtime: { log }, logLevel, ids }: ObserveOptions): RequestLog | undefined {
  if (logLevel !== 'debug' && logLevel !== 'trace') return undefined
  const completed: RequestLog['completed'] = (c, statusCode, responseTime) =>
    log.write('request.completed', { ...fieldsOf(c, ids, { statusCode }), responseTime })
  if (logLevel === 'debug') return { completed }
  return { completed, incoming: (c) => log.write('request.incoming', fieldsOf(c, ids)) }
}

function fieldsOf(c: Context, ids: RequestIds, response?: { readonly statusCode: number }): Fields {
  const { method, path } = c.req
  return requestFields({ reqId: ids.of(c), method, target: path, header: (name) => c.req.header(name) }, response)
}
