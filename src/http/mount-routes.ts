import type { Context, Hono } from 'hono'
import { errorResponse } from './error-response.ts'
import { UNKNOWN_ROUTE } from './observe-requests.ts'
import type { ObserveRoute } from './observe-requests.ts'
import type { TokenGuard } from './require-token.ts'
import type { Route, RouteHandler } from './route.ts'

/** Options that all routes of a table share. */
export interface MountOptions {
  /** Empty, or a path that every route is mounted below (C1.3 `BASE_PATH`). */
  readonly basePath: string
  /** Absent where no token is set. */
  readonly guard: TokenGuard | undefined
  /** Drops the body of a request that is refused unread. */
  readonly drop: (c: Context) => Promise<void>
  readonly observe: ObserveRoute
}

/** Mounts a table of routes. Each path has one handler: first its guard, then the route of the method, else 405 with `Allow`. */
export function mountRoutes(app: Hono, routes: readonly Route[], options: MountOptions): void {
  const { basePath, guard, observe } = options
  for (const [path, ofPath] of groupByPath(routes)) app.all(basePath + path, observe(path, handlerOf(ofPath, options)))
  if (guard === undefined) return
  // Paths below a guarded parameter are guarded too: without a token nothing tells which of them exist.
  for (const tree of guardedTrees(routes)) {
    app.all(basePath + tree, (c, next) => {
      const refused = guard(c)
      return refused === undefined ? next() : observe(UNKNOWN_ROUTE, () => refused)(c)
    })
  }
}

function groupByPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const groups = new Map<string, readonly Route[]>()
  for (const route of routes) groups.set(route.path, [...(groups.get(route.path) ?? []), route])
  return groups
}

/** `/sagas/:sagaId` → `/sagas/*`. */
function guardedTrees(routes: readonly Route[]): readonly string[] {
  const guarded = routes.filter(({ path, guard }) => guard === 'token' && path.includes('/:'))
  return guarded.map(({ path }) => `${path.slice(0, path.indexOf('/:'))}/*`)
}

/** Methods of a request that a route takes. */
const METHODS: Readonly<Record<Route['method'], readonly string[]>> = {
  GET: ['GET', 'HEAD'],
  POST: ['POST'],
  PATCH: ['PATCH'],
  DELETE: ['DELETE'],
}

function handlerOf(routes: readonly Route[], { guard, drop }: MountOptions): RouteHandler {
  const handlers = new Map(
    routes.flatMap(({ method, handle }) => METHODS[method].map((name): [string, RouteHandler] => [name, handle])),
  )
  const allow = [...handlers.keys()].join(', ')
  const notAllowed: RouteHandler = async (c) => {
    await drop(c)
    c.header('Allow', allow)
    return errorResponse(c, 405, `${c.req.path} takes ${allow}, not ${c.req.method}`)
  }
  const dispatch: RouteHandler = (c) => (handlers.get(c.req.method) ?? notAllowed)(c)
  const isGuarded = guard !== undefined && routes.some((route) => route.guard === 'token')
  const isReading = routes.every((route) => route.isReading === true) || undefined
  return isGuarded ? (c) => guard(c, isReading) ?? dispatch(c) : dispatch
}
