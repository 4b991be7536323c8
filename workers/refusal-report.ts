import { Incidents } from '../src/orchestrator/incidents.ts'
import type { Metrics } from '../src/ports/metrics.ts'
import type { Runtime } from '../src/ports/runtime.ts'
import type { RefusedRoute } from './quick-refusal.ts'

/** Bounds the memory of connections. */
export interface ConnectionLimit {
  /** Open connections. */
  readonly limit: number
  /** Called for each new connection that was ended since none of the others could be. */
  readonly dropped: () => void
  /** Called for each new connection that is kept. */
  readonly accepted: () => void
}

/** Counts and logs what a server refuses under overload before the app sees it (P16). */
export class RefusalReport {
  readonly #metrics: Pick<Metrics, 'refused' | 'request'>
  readonly #incidents: Incidents
  #isRefusing = false

  constructor(runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>, metrics: Pick<Metrics, 'refused' | 'request'>) {
    this.#metrics = metrics
    this.#incidents = new Incidents(runtime)
  }

  /** A request was answered 503 while so many waited for their turn. */
  refused(route: RefusedRoute, waiting: number): void {
    this.#isRefusing = true
    this.#metrics.refused('wait')
    this.#metrics.request({ method: 'POST', route, status: 503 }, 0)
    this.#report('turns', { waiting })
  }

  /** A request was begun. */
  admitted(): void {
    if (!this.#isRefusing) return
    this.#isRefusing = false
    this.#incidents.succeeded('turns', 'request.admitted')
  }

  /** The bound of open connections. */
  connections(limit: number): ConnectionLimit {
    const dropped = (): void => {
      this.#metrics.refused('connections')
      this.#report('connections', { connections: limit })
    }
    const accepted = (): void => this.#incidents.succeeded('connections', 'request.admitted')
    return { limit, dropped, accepted }
  }

  #report(kind: 'turns' | 'connections', fields: Readonly<Record<string, number>>): void {
    this.#incidents.report({ code: 'request.overload', group: kind, kind, fields })
  }
}
