import type { Context } from 'hono'
import type { Health } from '../ports/health.ts'
import { NAME, VERSION } from '../version.ts'
import type { Route, RouteHandler } from './route.ts'
import { PROBE_ANSWERS } from './schemas.ts'

/** Options of `probeRoutes`. */
export interface ProbeOptions {
  /** Readiness: asks the store, the brokers and the channels that a request needs. */
  readonly ready: () => Promise<Health>
  /** Liveness of the sources, from memory: where it fails, a restart may help. Absent where there are no sources. */
  readonly alive?: (() => Health) | undefined
  /** True from SIGTERM on: every probe is KO then, while requests are still served. */
  readonly isLeaving?: (() => boolean) | undefined
}

const OK: Health = { ok: true }
const LEAVING: Health = { ok: false, why: 'the service is stopping' }
const PROBE = { method: 'GET', guard: 'none', request: {}, responses: PROBE_ANSWERS } as const

/** The probes (C7): 200, or 503 with what failed and why. They need no token and never show stored data. */
export function probeRoutes({ ready, alive = () => OK, isLeaving = () => false }: ProbeOptions): readonly Route[] {
  const unlessLeaving = (probe: () => Health | Promise<Health>): RouteHandler => {
    return async (c) => answer(c, isLeaving() ? LEAVING : await probe())
  }
  return [
    { ...PROBE, path: '/-/healthz', handle: unlessLeaving(alive) },
    { ...PROBE, path: '/-/ready', handle: unlessLeaving(ready) },
    { ...PROBE, path: '/-/check-up', handle: unlessLeaving(ready) },
  ]
}

function answer(c: Context, health: Health): Response {
  return health.ok
    ? c.json({ status: 'OK', name: NAME, version: VERSION })
    : c.json({ status: 'KO', name: NAME, version: VERSION, message: health.why }, 503)
}
