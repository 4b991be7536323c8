import { DEFAULTS } from '../../defaults.ts'
import type { Health } from '../../ports/health.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Created } from '../corridor.ts'

/**
 * The outcome of the last creations, for readiness: a store's probe cannot write everything that a creation writes in every
 * store. Events do not count: their saga may be the only one that cannot be written, and it must not stop the others (P20).
 */
export class CreationHealth {
  readonly #runtime: Pick<Runtime, 'monotonic'>
  #failed: { readonly at: number; readonly why: string } | undefined

  constructor(runtime: Pick<Runtime, 'monotonic'>) {
    this.#runtime = runtime
  }

  note(created: Created): void {
    if (created.kind === 'created') this.#failed = undefined
    if (created.kind !== 'unavailable' || created.isOwing === true) return
    this.#failed = { at: this.#runtime.monotonic(), why: created.why }
  }

  /** A failure counts for ten seconds only: a process that is not ready gets no request that could prove it well. */
  health(): Health {
    const failed = this.#failed
    if (failed === undefined || this.#runtime.monotonic() - failed.at >= DEFAULTS.creationFailed) return { ok: true }
    return { ok: false, why: `the last saga could not be created: ${failed.why}` }
  }
}
