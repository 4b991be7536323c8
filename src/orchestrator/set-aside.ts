import { DEFAULTS } from '../defaults.ts'
import type { Duration, SagaId } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** More than are asked for beside a page; those beyond are met again at every look. */
const MOST = 4_096

/**
 * Sagas that are due and could not be claimed: a saga that cannot be written keeps its place among what is due first, and a page
 * of such sagas would hide all others from the sweep (P14). Each is left out for twice as long as the last time.
 */
export class SetAside {
  readonly #runtime: Pick<Runtime, 'monotonic'>
  readonly #sagas = new Map<SagaId, { readonly until: number; readonly wait: Duration }>()

  constructor(runtime: Pick<Runtime, 'monotonic'>) {
    this.#runtime = runtime
  }

  failed(id: SagaId): void {
    const wait = Math.min(2 * (this.#sagas.get(id)?.wait ?? DEFAULTS.sweep), DEFAULTS.retryLongest)
    if (this.#sagas.size < MOST) this.#sagas.set(id, { until: this.#runtime.monotonic() + wait, wait })
  }

  claimed(id: SagaId): void {
    this.#sagas.delete(id)
  }

  has(id: SagaId): boolean {
    const until = this.#sagas.get(id)?.until
    return until !== undefined && this.#runtime.monotonic() < until
  }

  /** How many a look must ask for beside its page. */
  get size(): number {
    return this.#sagas.size
  }
}
