import type { Context } from 'hono'
import type { Duration } from '../engine/saga.ts'

/** What a host tells the app of a request, as the second argument of `app.fetch`. */
export interface HostEnvironment {
  /** Milliseconds that the host kept the request, because others were in progress. Default: 0. */
  readonly waitedAtHost?: Duration | undefined
}

/** Milliseconds that the host kept a request before the app saw it. */
export function waitedAtHost(c: Context): Duration {
  const { waitedAtHost: waited } = (c.env ?? {}) as { readonly waitedAtHost?: unknown }
  return typeof waited === 'number' ? waited : 0
}
