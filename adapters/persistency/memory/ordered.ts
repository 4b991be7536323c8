import type { SagaId } from '../../../src/engine/saga.ts'

/** An entry of an ordered set. */
export interface OrderedEntry {
  readonly at: number
  readonly id: SagaId
}

/** Order of two entries: negative where the first comes first. */
export type CompareEntries = (one: OrderedEntry, other: OrderedEntry) => number

/** Earliest first, then by id. */
export const earliestFirst: CompareEntries = (one, other) => one.at - other.at || compareIds(one.id, other.id)
/** Latest first, then by id. */
export const latestFirst: CompareEntries = (one, other) => other.at - one.at || compareIds(one.id, other.id)

function compareIds(one: SagaId, other: SagaId): number {
  return one === other ? 0 : one < other ? -1 : 1
}

/** Most entries of one run: few move with a new one, and there are few runs. */
const MOST = 1_024

/** A sorted list in runs that split as they grow: adding, deleting and seeking touch one run. */
export class Ordered {
  readonly #compare: CompareEntries
  /** None is empty. */
  readonly #runs: OrderedEntry[][] = []

  constructor(compare: CompareEntries) {
    this.#compare = compare
  }

  add(entry: OrderedEntry): void {
    const runs = this.#runs
    const at = Math.max(0, this.#runOf(entry))
    const run = runs[at]
    if (run === undefined) return void runs.push([entry])
    run.splice(this.#placeIn(run, entry), 0, entry)
    if (run.length > MOST) runs.splice(at + 1, 0, run.splice(run.length >> 1))
  }

  delete(entry: OrderedEntry): void {
    const at = this.#runOf(entry)
    const run = this.#runs[at]
    if (run === undefined) return
    const place = this.#placeIn(run, entry) - 1
    const there = run[place]
    if (there === undefined || this.#compare(there, entry) !== 0) return
    run.splice(place, 1)
    if (run.length === 0) this.#runs.splice(at, 1)
  }

  /** Every entry, or every one after `entry`, whether that is present or not. Stop iterating before any change. */
  *behind(entry: OrderedEntry | undefined): Generator<OrderedEntry> {
    let at = entry === undefined ? 0 : Math.max(0, this.#runOf(entry))
    let place = entry === undefined ? 0 : this.#placeIn(this.#runs[at] ?? [], entry)
    for (; at < this.#runs.length; at++, place = 0) {
      const run = this.#runs[at] as OrderedEntry[]
      for (; place < run.length; place++) yield run[place] as OrderedEntry
    }
  }

  /** The last run that begins at this entry or before it; -1 where all begin after it. */
  #runOf(entry: OrderedEntry): number {
    return (
      bisect(
        this.#runs.length,
        (at) => this.#compare((this.#runs[at] as OrderedEntry[])[0] as OrderedEntry, entry) <= 0,
      ) - 1
    )
  }

  /** Number of entries of a run up to and including this one. */
  #placeIn(run: readonly OrderedEntry[], entry: OrderedEntry): number {
    return bisect(run.length, (at) => this.#compare(run[at] as OrderedEntry, entry) <= 0)
  }
}

/** Number of leading positions for which `has` is true; `has` must be true for a prefix only. */
function bisect(length: number, has: (at: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (has(middle)) low = middle + 1
    else high = middle
  }
  return low
}
