import { DEFAULTS } from '../defaults.ts'
import type { Health } from '../ports/health.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Created } from './corridor.ts'

/**
 * How the last creations went, for readiness: a store's probe cannot write all that a creation writes in every store. Of events
 * nothing is kept: the saga that they meet may be the only one that cannot be written, and it must stop nobody else (P20).
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

  /** It is told for some seconds only: nobody sends requests to a process that is not ready, so none could prove it well. */
  health(): Health {
    const failed = this.#failed
    if (failed === undefined || this.#runtime.monotonic() - failed.at >= DEFAULTS.creationFailed) return { ok: true }
    return { ok: false, why: `the last saga could not be created: ${failed.why}` }
  }
}
