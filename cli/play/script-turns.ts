import type { Command } from '../../src/engine/saga.ts'

/** Sagas whose place in a script is known, in each label. */
const REMEMBERED = 10_000

/** How far each saga has come in the scripts of its commands. */
export class ScriptTurns {
  readonly #turns = new Map<string, number>()

  /** The event whose turn it is; `undefined` after the end of the script. */
  next({ sagaId, label }: Command, script: readonly string[] | undefined): string | undefined {
    if (script === undefined) return undefined
    const key = JSON.stringify([sagaId, label])
    const turn = this.#turns.get(key) ?? 0
    this.#turns.set(key, turn + 1)
    const [oldest] = this.#turns.size > REMEMBERED ? this.#turns.keys() : []
    if (oldest !== undefined) this.#turns.delete(oldest)
    return script[turn]
  }
}
