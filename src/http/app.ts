import { Hono } from 'hono'
import type { Context } from 'hono'
import { reasonOf } from '../errors.ts'
import type { LogLevel } from '../ports/runtime.ts'
import { Incidents, kindOfReason } from '../orchestrator/incidents.ts'
import { BodyReader } from './body-reader.ts'
import type { BodyReaderOptions } from './body-reader.ts'
import { errorResponse } from './error-response.ts'
import { mountRoutes } from './mount-routes.ts'
import { observeRequests, UNKNOWN_ROUTE } from './observe-requests.ts'
import { RequestIds } from './request-id.ts'
import { BAD_TARGET_PATH, pathOf } from './request-target.ts'
import { mayWrite, requireToken } from './require-token.ts'
import type { ApiTokens } from './require-token.ts'
import { routesOf } from './routes.ts'
import type { RouteOptions } from './routes.ts'

/** Options of `createApp`. */
export interface AppOptions
  extends Omit<RouteOptions, 'ids' | 'unnamedOperator' | 'mayWrite'>, Omit<BodyReaderOptions, 'ids'> {
  readonly tokens: ApiTokens
  /** Empty, or `/flow-manager`: every route answers below it too (C1.3). */
  readonly basePath: string
  /** Requests are logged at `debug` and `trace`. Default: `info`. */
  readonly logLevel?: LogLevel | undefined
}

/** The HTTP API over a corridor. It translates between HTTP and the corridor and decides nothing about sagas. */
export function createApp(options: AppOptions): Hono {
  const { runtime, basePath, tokens } = options
  const app = new Hono({ getPath: pathOf })
  const ids = new RequestIds(runtime)
  const bodies = new BodyReader({ ...options, ids })
  const drop = (c: Context) => bodies.drop(c)
  const unnamedOperator = tokens.api === undefined ? 'anonymous' : 'API_TOKEN'
  const [routes, guard] = [
    routesOf(bodies, { ...options, ids, unnamedOperator, mayWrite: mayWrite(tokens) }),
    requireToken(tokens, drop),
  ]
  const observe = observeRequests({ ...options, logLevel: options.logLevel ?? 'info', ids })
  app.all(
    BAD_TARGET_PATH,
    observe(UNKNOWN_ROUTE, (c) => errorResponse(c, 400, BAD_TARGET)),
  )
  // The longer paths come first: `/sagas/:sagaId` would match below a base path of `/sagas`.
  if (basePath !== '') mountRoutes(app, routes, { basePath, guard, drop, observe })
  mountRoutes(app, routes, { basePath: '', guard, drop, observe })
  app.notFound(
    observe(UNKNOWN_ROUTE, async (c) => {
      await drop(c)
      return errorResponse(c, 404, `there is no route ${c.req.method} ${c.req.path.slice(0, 200)}`)
    }),
  )
  app.onError(failed(new Incidents(runtime), ids))
  return app
}

const BAD_TARGET = 'the request target must be a path, and the header host one host[:port]'

/** Answers 503 for an error that no route expects, and logs it. */
function failed(incidents: Incidents, ids: RequestIds): (thrown: Error, c: Context) => Response {
  return (thrown, c) => {
    const [{ method, path }, why] = [c.req, reasonOf(thrown)]
    const fields = { reqId: ids.of(c), method, path, why }
    incidents.report({ code: 'request.failed', group: `${method} requests`, kind: kindOfReason(why), fields })
    return errorResponse(c, 503, 'the request could not be carried out now; nothing is lost by trying again')
  }
}
