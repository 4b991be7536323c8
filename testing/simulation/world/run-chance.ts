import { seededRandom } from '../seeded-random.ts'
import type { SimulatedFault } from './simulated-faults.ts'

/** How often each kind of fault happens where it can, from 0 to 1; a kind that is not here never does. */
export type Odds = ReadonlyMap<SimulatedFault, number>

/** Something that has happened in a run, by a name that is the same in every run of the seed, and can be dropped from it. */
export interface Happening {
  readonly key: string
  readonly what: string
  /** Virtual milliseconds since the beginning of the run. */
  readonly time: number
}

/** Options of `RunChance`. */
export interface RunChanceOptions {
  readonly seed: number
  /** Keys of happenings that do not happen this time. */
  readonly dropped?: ReadonlySet<string> | undefined
}

/**
 * The chance of a run. Every decision belongs to a stream with a name, and depends on the seed, this name and the decisions of the
 * stream before: where one happening is dropped, those of other streams stay as they are, so that a run can be shrunk.
 */
export class RunChance {
  odds: Odds = new Map()
  /** From then on no fault happens. */
  isCalm = false
  readonly happened: Happening[] = []
  readonly #seed: number
  readonly #dropped: ReadonlySet<string>

  readonly #now: () => number

  constructor({ seed, dropped = NONE }: RunChanceOptions, now: () => number) {
    this.#seed = seed
    this.#now = now
    this.#dropped = dropped
  }

  stream(name: string): Dice {
    return new Dice(this, name, seededRandom(hashOf(name, this.#seed)))
  }

  /** Called by the streams: records a happening, unless it is one of those dropped. */
  allows(key: string, what: string): boolean {
    if (this.#dropped.has(key)) return false
    this.happened.push({ key, what, time: this.#now() })
    return true
  }
}

/** One stream of decisions. */
export class Dice {
  readonly #chance: RunChance
  readonly #name: string
  readonly #next: () => number
  #count = 0

  constructor(chance: RunChance, name: string, next: () => number) {
    this.#chance = chance
    this.#name = name
    this.#next = next
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.#next()
  }

  /** An integer from 0 to `most`, both included. */
  upTo(most: number): number {
    return Math.floor(this.#next() * (most + 1))
  }

  /** A whole number of milliseconds: mostly near `least`, seldom near `most`. */
  wait(least: number, most: number): number {
    return Math.floor(least + (most - least) * this.#next() ** 3)
  }

  among<T>(list: readonly T[]): T {
    return list[Math.floor(this.#next() * list.length)] as T
  }

  /** True with this probability, also in calm. */
  is(probability: number): boolean {
    return this.#next() < probability
  }

  /** True if a fault of this kind happens here. The number of decisions is the same either way. */
  fault(kind: SimulatedFault): boolean {
    return this.#happens(this.#chance.odds.get(kind) ?? 0) && !this.#chance.isCalm && this.#isAllowed(kind)
  }

  /** True if a part of the plan is carried out: one that a shrunk run can do without. */
  part(what: string, probability = 1): boolean {
    return this.#happens(probability) && this.#isAllowed(what)
  }

  #happens(probability: number): boolean {
    this.#count++
    return this.#next() < probability
  }

  #isAllowed(what: string): boolean {
    return this.#chance.allows(`${this.#name}#${this.#count}`, what)
  }
}

const NONE: ReadonlySet<string> = new Set()

/** FNV-1a of the name, begun with the seed. */
function hashOf(name: string, seed: number): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0
  hash = Math.imul(hash ^ Math.floor(seed / 2 ** 32), 0x01000193)
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
