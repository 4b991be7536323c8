/**
 * Who waits for which saga to end. An ending may be known before its saga's id is: the participant can be faster than the
 * answer to the creation.
 */
export class Endings {
  readonly #early = new Map<string, string>()
  readonly #waiting = new Map<string, (state: string) => void>()

  /** The saga has come to this final state. Once more is no news. */
  ended(sagaId: string, state: string): void {
    const waiting = this.#waiting.get(sagaId)
    if (waiting === undefined) this.#early.set(sagaId, state)
    else waiting(state)
  }

  /** The final state, or `undefined` after so many milliseconds without one. */
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
