import type { Context, Hono } from 'hono'
import type { Health } from '../ports/health.ts'
import type { Metrics } from '../ports/metrics.ts'
import { NAME, VERSION } from '../version.ts'

export interface ProbeOptions {
  /** Whether everything that a request needs is reached: the store, brokers. */
  readonly ready: () => Promise<Health>
  /** Whether what runs by itself still does; where it does not, starting anew may help. Nothing does in front of objects. */
  readonly alive?: (() => Health) | undefined
  readonly metrics: Metrics
}

/** Open to everybody: a probe says that something is wrong and why, never what is in the store (C7). */
export function probes(app: Hono, { ready, alive = () => ({ ok: true }) }: ProbeOptions): void {
  app.get('/-/healthz', (c) => answer(c, alive()))
  app.get('/-/ready', async (c) => answer(c, await ready()))
  app.get('/-/check-up', async (c) => answer(c, await ready()))
}

export function metricsRoute(app: Hono, { metrics }: ProbeOptions): void {
  app.get('/-/metrics', async (c) => c.text(await metrics.text(), 200, { 'Content-Type': PROMETHEUS }))
}

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8'

function answer(c: Context, health: Health): Response {
  return health.ok
    ? c.json({ status: 'OK', name: NAME, version: VERSION })
    : c.json({ status: 'KO', name: NAME, version: VERSION, message: health.why }, 503)
}
