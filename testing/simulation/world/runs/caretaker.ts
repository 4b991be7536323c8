import type { Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Requests } from '../clients/requests.ts'
import type { StatePaths } from '../machines/state-paths.ts'

/** Looks, and steps, after which a saga is taken out of a loop of deadlines. */
const PATIENCE = 20
const LONG = 40

/** Options of `Caretaker`. */
export interface CaretakerOptions {
  readonly paths: StatePaths
  readonly requests: Requests
  /** The store does not find what is owed: people have to (P17). */
  readonly isRedelivered: boolean
  /** They watch a machine of a user: a saga that stands still is what they look for, so they leave it as it is. */
  readonly isBystander: boolean
}

/**
 * The people around a service, once faults are over: they send the event that a participant forgot, and redeliver what was given up.
 * They do nothing for a saga that the service itself still has to move.
 */
export class Caretaker {
  readonly #options: CaretakerOptions
  /** Looks at sagas that did not stand at their end. */
  readonly #looks = new Map<SagaId, number>()
  #visits = 0

  constructor(options: CaretakerOptions) {
    this.#options = options
  }

  /**
   * Sets a saga going that stands still. `isQuiet`: nothing is under way that may move it; otherwise it is given more time. True where
   * it is left to stand still for ever.
   */
  visit(saga: Saga, isQuiet: boolean): boolean {
    if (this.#options.isBystander && !(saga.owed.length > 0 && this.#options.isRedelivered))
      return isQuiet && isStill(saga)
    this.#setGoing(saga, isQuiet)
    return false
  }

  #setGoing(saga: Saga, isQuiet: boolean): void {
    const { requests, isRedelivered } = this.#options
    const { id: sagaId, state, isFinal, deadLetters, hold } = saga
    const looks = (this.#looks.get(sagaId) ?? 0) + 1
    this.#looks.set(sagaId, looks)
    const isPatient = looks % PATIENCE !== 0 && saga.length < LONG
    if (isPatient && !isQuiet) return
    if (hold !== undefined) return requests.operate({ ...this.#operation(sagaId), action: { kind: 'release' } })
    if (saga.owed.length > 0 && isRedelivered)
      return requests.operate({ ...this.#operation(sagaId), action: { kind: 'redeliver', cancelled: true } })
    if (isFinal || saga.owed.length > 0) return
    if (isPatient && saga.timer !== undefined) return
    if (deadLetters.some((letter) => letter.kind === undefined && letter.hookFailed !== true) && isPatient)
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

/** Nothing of it is due, now or later. */
function isStill({ owed, timer, parked, hold }: Saga): boolean {
  return owed.length === 0 && timer === undefined && parked.length === 0 && hold === undefined
}
