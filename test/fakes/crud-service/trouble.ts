/** Faults of the service that a test sets. */
export class Trouble {
  /** Milliseconds that every answer takes longer. */
  slow = 0
  /** Milliseconds until a write is answered with 500 while the database is dead; the first one is, at once. */
  readonly deadWait: number
  #dead = false
  #deadWrites = 0
  #lost: ('before' | 'after' | undefined)[] = []
  #thawed: Promise<void> | undefined
  #thaw: () => void = () => undefined

  constructor(deadWait: number) {
    this.deadWait = deadWait
  }

  get isDead(): boolean {
    return this.#dead
  }

  /** The database is killed. */
  kill(): void {
    this.#dead = true
    this.#deadWrites = 0
  }

  revive(): void {
    this.#dead = false
  }

  /** Nothing is answered, and nothing done, until `thaw`; then what was asked meanwhile is done after all. */
  freeze(): void {
    this.#thawed ??= new Promise((resolve) => (this.#thaw = resolve))
  }

  thaw(): void {
    this.#thaw()
    this.#thawed = undefined
  }

  /** The next writes lose their answers: before they land, or after. */
  lose(...when: ('before' | 'after')[]): void {
    this.#lost.push(...when)
  }

  /** This many writes are answered; the answer of the one after them is lost. */
  loseAfter(writes: number): void {
    this.#lost.push(...Array.from({ length: writes }, () => undefined), 'after')
  }

  nextLoss(): 'before' | 'after' | undefined {
    return this.#lost.shift()
  }

  async pass(): Promise<void> {
    if (this.slow > 0) await wait(this.slow)
    while (this.#thawed !== undefined) await this.#thawed
  }

  /** How long the dead database keeps a write waiting. */
  async die(): Promise<void> {
    if (this.#deadWrites++ > 0) await wait(this.deadWait)
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
