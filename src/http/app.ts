import { Hono } from 'hono'
import { kindOfReason, Incidents } from '../orchestrator/incidents.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import { reasonOf } from '../errors.ts'
import { requireToken } from './require-token.ts'
import type { ApiTokens } from './require-token.ts'
import { BodyReader } from './body-reader.ts'
import { intake } from './post-event.ts'
import type { IntakeOptions } from './post-event.ts'
import { probes, metricsRoute } from './probes.ts'
import type { ProbeOptions } from './probes.ts'
import { errorResponse } from './error-response.ts'
import { sagas } from './list-sagas.ts'
import { pathOf, BAD_TARGET_PATH } from './request-target.ts'

export interface AppOptions extends IntakeOptions, ProbeOptions {
  readonly corridor: Corridor
  readonly tokens: ApiTokens
  /** Empty, or `/flow-manager`: every route answers under it too (C1.3). */
  readonly basePath: string
  /** The store's name, for the answer of a store that cannot list. */
  readonly store: string
  /** `GET /machine-definition` and `GET /configuration`, secrets redacted (C2.6). */
  readonly shown: { readonly machine: unknown; readonly configuration: unknown }
}

/** The HTTP door. It translates and never decides: what an event does is the corridor's to say. */
export function createApp(options: AppOptions): Hono {
  const { runtime, basePath } = options
  const incidents = new Incidents(runtime)
  const app = new Hono({ getPath: pathOf })
  const bodies = new BodyReader(options)
  app.all(BAD_TARGET_PATH, (c) => errorResponse(c, 400, BAD_TARGET))
  if (basePath !== '') app.route(basePath, routes(options, bodies)) // first: `/sagas/:sagaId` would take a base of `/sagas`
  app.route('/', routes(options, bodies))
  app.notFound(async (c) => {
    await bodies.drop(c)
    return errorResponse(c, 404, `there is no route ${c.req.method} ${c.req.path.slice(0, 200)}`)
  })
  app.onError((thrown, c) => {
    const [{ method, path }, why] = [c.req, reasonOf(thrown)]
    const fields = { method, path, why }
    incidents.report({ code: 'request.failed', group: `${method} requests`, kind: kindOfReason(why), fields })
    return errorResponse(c, 503, 'the request could not be carried out now; nothing is lost by trying again')
  })
  return app
}

function routes(options: AppOptions, bodies: BodyReader): Hono {
  const app = new Hono()
  probes(app, options)
  const guarded = requireToken(options.tokens, (c) => bodies.drop(c))
  for (const path of GUARDED) app.use(path, guarded)
  intake(app, bodies, options)
  sagas(app, options.corridor, options.store)
  metricsRoute(app, options)
  app.get('/machine-definition', (c) => c.json(options.shown.machine ?? null))
  app.get('/configuration', (c) => c.json(options.shown.configuration ?? null))
  otherMethods(app, bodies)
  return app
}

const BAD_TARGET = 'the request target must be a path, and the header host one host[:port]'

const GUARDED = ['/saga', '/event', '/sagas', '/sagas/*', '/machine-definition', '/configuration', '/-/metrics']

const METHODS: Readonly<Record<string, string>> = {
  '/saga': 'POST',
  '/event': 'POST',
  '/sagas': 'GET, HEAD',
  '/sagas/:sagaId': 'GET, HEAD',
  '/machine-definition': 'GET, HEAD',
  '/configuration': 'GET, HEAD',
  '/-/healthz': 'GET, HEAD',
  '/-/ready': 'GET, HEAD',
  '/-/check-up': 'GET, HEAD',
  '/-/metrics': 'GET, HEAD',
}

/** A known path with another method is 405 and says which ones there are. */
function otherMethods(app: Hono, bodies: BodyReader): void {
  for (const [path, allow] of Object.entries(METHODS)) {
    app.all(path, async (c) => {
      await bodies.drop(c)
      return errorResponse(c, 405, `${c.req.path} takes ${allow}, not ${c.req.method}`, { Allow: allow })
    })
  }
}
