import { Buffer } from 'node:buffer'
import type { Instant, SagaId } from '../../../src/engine/saga.ts'

/** A saga in the order of creation. */
export interface CreatedEntry {
  readonly key: number
  readonly created: Instant
  readonly id: SagaId
}

/** The first `most` of all added entries, newest creation first, then id, in bounded memory. */
export class Newest {
  readonly #most: number
  #entries: CreatedEntry[] = []
  #isSorted = true

  constructor(most: number) {
    this.#most = most
  }

  add(entry: CreatedEntry): void {
    this.#entries.push(entry)
    this.#isSorted = false
    if (this.#entries.length >= 4 * this.#most) this.#cut()
  }

  get entries(): readonly CreatedEntry[] {
    this.#cut()
    return this.#entries
  }

  /** Instant of creation of the last kept entry, once `most` are kept. */
  get oldest(): Instant | undefined {
    return this.#entries.length < this.#most ? undefined : this.entries[this.#most - 1]?.created
  }

  #cut(): void {
    if (this.#isSorted) return
    this.#entries = this.#entries.toSorted(newestFirst).slice(0, this.#most)
    this.#isSorted = true
  }
}

/** Ids compare by bytes, as SQLite compares them with a cursor's. */
function newestFirst(one: CreatedEntry, other: CreatedEntry): number {
  return other.created - one.created || Buffer.compare(Buffer.from(one.id), Buffer.from(other.id))
}
