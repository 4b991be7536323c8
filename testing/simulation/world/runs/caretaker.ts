import type { Saga } from '../../../../src/engine/saga.ts'
import type { Requests } from '../clients/requests.ts'
import type { StatePaths } from '../machines/state-paths.ts'

/** Options of `Caretaker`. */
export interface CaretakerOptions {
  readonly paths: StatePaths
  readonly requests: Requests
  /** The store does not find what is owed: people have to (P17). */
  readonly isRedelivered: boolean
}

/**
 * The people around a service, once faults are over: they send the event that a participant forgot, and redeliver what was given up.
 * They do nothing for a saga that the service itself still has to move.
 */
export class Caretaker {
  readonly #options: CaretakerOptions
  #visits = 0

  constructor(options: CaretakerOptions) {
    this.#options = options
  }

  /** Sets a saga going that stands still. */
  visit(saga: Saga): void {
    const { requests, isRedelivered } = this.#options
    const { id: sagaId, state, isFinal, deadLetters, hold } = saga
    if (hold !== undefined) return requests.operate({ ...this.#operation(sagaId), action: { kind: 'release' } })
    if (saga.owed.length > 0 && isRedelivered)
      return requests.operate({ ...this.#operation(sagaId), action: { kind: 'redeliver', cancelled: true } })
    if (isFinal || saga.owed.length > 0 || saga.timer !== undefined) return
    if (deadLetters.some(({ kind }) => kind === undefined))
      return requests.operate({ ...this.#operation(sagaId), action: { kind: 'redeliver', cancelled: true } })
    this.#sendEvent(sagaId, state)
  }

  #sendEvent(sagaId: string, state: string): void {
    const label = this.#options.paths.towardsEnd(state)
    if (label === undefined) return
    this.#options.requests.handle({ id: `key/caretaker/${this.#visits++}`, sagaId, label, payload: {} })
  }

  #operation(sagaId: string): { sagaId: string; id: string; operator: string; reason: string } {
    return { sagaId, id: `key/caretaker/${this.#visits++}`, operator: 'caretaker', reason: 'the simulation is calm' }
  }
}
