import type { Sent } from '../ports/channel.ts'

/** Ids of the commands that a relay has, from the offer to the last word, and who waits for what becomes of them. */
export class InFlight {
  readonly #ids = new Set<string>()
  /** Only where recovery is by redelivery does anybody ask (P17). */
  readonly #asked = new Map<string, ((sent: Sent | undefined) => void)[]>()
  #idle: (() => void)[] = []

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
  }

  /** What the participant says to a command; `undefined` where it is not held, or was not sent after all. */
  fateOf(id: string): Promise<Sent | undefined> {
    if (!this.#ids.has(id)) return Promise.resolve(undefined)
    return new Promise((resolve) => this.#asked.set(id, [...(this.#asked.get(id) ?? []), resolve]))
  }

  tell(id: string, sent: Sent | undefined): void {
    if (this.#asked.size === 0) return
    const asked = this.#asked.get(id) ?? []
    this.#asked.delete(id)
    for (const resolve of asked) resolve(sent)
  }

  /** Lets go of it. Whoever still asks learns that it was not sent. */
  release(id: string): void {
    this.#ids.delete(id)
    this.tell(id, undefined)
    if (this.#ids.size > 0) return
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  /** Resolves when nothing is held. */
  idle(): Promise<void> {
    return this.#ids.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}
