import type { Violation } from '../../testing/checker/observation.ts'
import type { Kill } from './kills.ts'
import type { OrderDriver } from './order-driver.ts'

export interface MinutesOptions {
  readonly driver: Pick<OrderDriver, 'created' | 'ended'>
  readonly kills: readonly Kill[]
  readonly log: (line: string) => void
}

const MINUTE = 60_000

/** A line for each whole minute, in which at least one saga must have ended. */
export class Minutes {
  readonly #options: MinutesOptions
  readonly #timer: NodeJS.Timeout
  readonly #violations: Violation[] = []
  #minute = 0
  #before = { created: 0, ended: 0, kills: 0 }

  constructor(options: MinutesOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#tell(), MINUTE)
  }

  /** Minutes without progress. */
  stop(): readonly Violation[] {
    clearInterval(this.#timer)
    return this.#violations
  }

  #tell(): void {
    const { driver, kills, log } = this.#options
    const now = { created: driver.created.length, ended: driver.ended.length, kills: kills.length }
    const [created, ended] = [now.created - this.#before.created, now.ended - this.#before.ended]
    const killed = kills.slice(this.#before.kills).map(({ kind }) => kind)
    this.#minute++
    this.#before = now
    log(`minute ${this.#minute}: ${created} created, ${ended} ended, killed: ${killed.join(', ') || 'none'}`)
    if (ended > 0) return
    this.#violations.push({ rule: 'I9', why: `no saga ended in minute ${this.#minute}, expected at least one` })
  }
}
