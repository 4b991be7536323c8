import { DEFAULTS } from '../../defaults.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Incidents } from '../incidents.ts'

/** Options of `HookWatch`. */
export interface HookWatchOptions {
  readonly runtime: Pick<Runtime, 'monotonic'>
  readonly metrics: Pick<Metrics, 'count'>
  readonly incidents: Pick<Incidents, 'report'>
}

/**
 * Measures hooks. They run on the thread of events, so a slow one delays every saga: it is counted, and logged like an incident.
 * One that never returns cannot be interrupted. On Cloudflare the clock stands still while code runs, so none is slow there.
 */
export class HookWatch {
  readonly #options: HookWatchOptions

  constructor(options: HookWatchOptions) {
    this.#options = options
  }

  /** Runs a hook. `hook` names it in the log. */
  run<T>(hook: string, work: () => T): T {
    const { runtime, metrics, incidents } = this.#options
    const began = runtime.monotonic()
    try {
      return work()
    } finally {
      const milliseconds = Math.round(runtime.monotonic() - began)
      if (milliseconds >= DEFAULTS.slowHook) {
        metrics.count('hook-slow')
        incidents.report({ code: 'hook.slow', group: 'hooks', kind: hook, fields: { hook, milliseconds } })
      }
    }
  }
}
