import type { SendResult } from '../events/turn.ts'

/** Ids of the commands in flight, from the offer to the recorded result, and the callers that wait for a result. */
export class InFlight {
  readonly #ids = new Set<string>()
  /** Used only where recovery is by redelivery (P17). */
  readonly #waiting = new Map<string, ((result: SendResult | undefined) => void)[]>()
  #idle: (() => void)[] = []

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
  }

  /** The result of a command's send; `undefined` where it is not in flight, or was dropped before it was sent. */
  fateOf(id: string): Promise<SendResult | undefined> {
    if (!this.#ids.has(id)) return Promise.resolve(undefined)
    return new Promise((resolve) => this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]))
  }

  answered(id: string, result: SendResult | undefined): void {
    if (this.#waiting.size === 0) return
    const waiting = this.#waiting.get(id) ?? []
    this.#waiting.delete(id)
    for (const resolve of waiting) resolve(result)
  }

  /** Removes the command. Callers that still wait for its answer get `undefined`. */
  release(id: string): void {
    this.#ids.delete(id)
    this.answered(id, undefined)
    if (this.#ids.size > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return this.#ids.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}
