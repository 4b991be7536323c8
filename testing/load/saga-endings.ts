/**
 * Callers that wait for sagas to end. An end may be known before the saga's id is: the participant can be faster than the answer
 * to the creation.
 */
export class SagaEndings {
  readonly #early = new Map<string, string>()
  readonly #waiting = new Map<string, (state: string) => void>()

  /** The saga reached this final state. Repeats have no effect. */
  ended(sagaId: string, state: string): void {
    const waiting = this.#waiting.get(sagaId)
    if (waiting === undefined) this.#early.set(sagaId, state)
    else waiting(state)
  }

  /** The final state, or `undefined` after `patience` ms without one. */
  of(sagaId: string, patience: number): Promise<string | undefined> {
    const known = this.#early.get(sagaId)
    if (this.#early.delete(sagaId)) return Promise.resolve(known)
    return new Promise((resolve) => {
      const end = (state: string | undefined): void => {
        clearTimeout(timer)
        this.#waiting.delete(sagaId)
        resolve(state)
      }
      const timer = setTimeout(() => end(undefined), patience)
      this.#waiting.set(sagaId, end)
    })
  }
}
