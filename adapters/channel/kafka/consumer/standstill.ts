import type { Duration } from '../../../../src/engine/saga.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { ConsumerProgress } from './progress.ts'

/** The parts of a standstill. */
export interface StandstillOptions {
  readonly progress: Pick<ConsumerProgress, 'settledAt'>
  /** Time without a proof after which the consumer stands still. */
  readonly limit: Duration
  readonly runtime: Pick<Runtime, 'monotonic'>
}

/** Joins since the last proof that no rebalance of the group has asked for, from which a new client may help. */
const OWN_JOINS = 2

/**
 * The time since a consumer was last proven to get on, over all of its joins and memberships: one that joins again and again looks
 * healthy at every instant. A proof is a settled record, or an answer of the brokers that no record waits.
 */
export class Standstill {
  readonly limit: Duration
  readonly #progress: Pick<ConsumerProgress, 'settledAt'>
  readonly #runtime: Pick<Runtime, 'monotonic'>
  #provenAt: number
  /** Joins since the proof, and those of them that no rebalance has asked for. */
  #joins = { all: 0, own: 0 }
  #lag = 'the lag is not known yet'
  #newClientAt = Number.NEGATIVE_INFINITY

  constructor({ progress, limit, runtime }: StandstillOptions) {
    this.limit = limit
    this.#progress = progress
    this.#runtime = runtime
    this.#provenAt = runtime.monotonic()
  }

  /** `isOwn`: no rebalance of the group has asked for the join, so its reason is in this process or at its brokers. */
  joined(isOwn: boolean): void {
    this.#joins.all++
    if (isOwn) this.#joins.own++
  }

  /** No record waits, or those that wait have a reason that the probes say already. */
  prove(): void {
    this.#provenAt = this.#runtime.monotonic()
    this.#joins = { all: 0, own: 0 }
  }

  recordsWait(): void {
    this.#lag = 'records wait'
  }

  lagUnknown(why: string): void {
    this.#lag = `the lag is unknown: ${why}`
  }

  /** Time since the last proof. */
  get age(): Duration {
    const { settledAt } = this.#progress
    if (settledAt > this.#provenAt) {
      this.#provenAt = settledAt
      this.#joins = { all: 0, own: 0 }
    }
    return this.#runtime.monotonic() - this.#provenAt
  }

  /** A sentence where it stands still. */
  get why(): string | undefined {
    const { age } = this
    if (age <= this.limit) return undefined
    const { all } = this.#joins
    const joins = all === 0 ? '' : `, with ${all} ${all === 1 ? 'join' : 'joins'} meanwhile`
    return `no event taken in for ${Math.round(age / 1_000)} s${joins}; ${this.#lag}`
  }

  /**
   * True where this process joins again and again by itself: a new client asks other brokers and has no stale metadata. At most once in
   * `limit`. False where the group asks for the joins, since one more would only prolong them.
   */
  takeNewClient(): boolean {
    const now = this.#runtime.monotonic()
    if (this.age <= this.limit || now - this.#newClientAt <= this.limit || this.#joins.own < OWN_JOINS) return false
    this.#newClientAt = now
    this.#joins.own = 0
    return true
  }
}
