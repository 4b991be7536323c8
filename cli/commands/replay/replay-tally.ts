import type { Machine } from '../../../src/machine/compile.ts'
import type { Replayed, ReplayDifference } from './replay-history.ts'

/** Sagas that differ at the same step. */
export interface DifferenceGroup extends ReplayDifference {
  readonly sagas: number
  /** Ids of the first ones. */
  readonly examples: readonly string[]
}

/** The result of a replay. Its JSON is this, with `version`; a new key may come, none goes. */
export interface ReplayReport {
  /** Histories that were replayed. */
  readonly sagas: number
  readonly same: number
  /** Largest first. */
  readonly differences: readonly DifferenceGroup[]
  /** Sagas with differences beyond those that are told apart. */
  readonly others: number
  /** States of the machine that histories have entered, and would not enter any more. */
  readonly lostStates: readonly string[]
  /** States of the machine that no history enters, before or after. */
  readonly unreachedStates: readonly string[]
  /** States of histories that the machine lacks, also by their former names. */
  readonly unknownStates: readonly string[]
  readonly unread: UnreadSagas
}

/** Sagas whose history could not be read. */
export interface UnreadSagas {
  readonly sagas: number
  readonly examples: readonly { readonly sagaId: string; readonly why: string }[]
}

/** Examples of a group, groups that are told apart, and unknown states that are named. */
const [EXAMPLES, MOST_GROUPS, MOST_UNKNOWN] = [5, 1_000, 1_000]

type OpenGroup = { -readonly [key in keyof DifferenceGroup]: DifferenceGroup[key] }

/** Counts replayed sagas. Its memory does not grow with their number. */
export class ReplayTally {
  readonly #machine: Machine
  readonly #groups = new Map<string, OpenGroup>()
  readonly #entered = new Set<string>()
  readonly #recorded = new Set<string>()
  readonly #unknown = new Set<string>()
  readonly #unread: { sagas: number; examples: UnreadSagas['examples'] } = { sagas: 0, examples: [] }
  #sagas = 0
  #same = 0
  #others = 0

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** Histories that were replayed so far. */
  get sagas(): number {
    return this.#sagas
  }

  /** Counts a saga. */
  add(id: string, { difference, entered, recorded, unknown }: Replayed): void {
    this.#sagas++
    for (const state of entered) this.#entered.add(state)
    for (const state of recorded) this.#recorded.add(state)
    for (const state of unknown) if (this.#unknown.size < MOST_UNKNOWN) this.#unknown.add(state)
    if (difference === undefined) this.#same++
    else this.#group(id, difference)
  }

  /** Counts a saga whose history could not be read. */
  skip(sagaId: string, why: string): void {
    this.#unread.sagas++
    if (this.#unread.examples.length < EXAMPLES) this.#unread.examples = [...this.#unread.examples, { sagaId, why }]
  }

  /** The report of all that was counted. */
  report(): ReplayReport {
    const notEntered = [...this.#machine.states.keys()].filter((state) => !this.#entered.has(state))
    return {
      sagas: this.#sagas,
      same: this.#same,
      differences: [...this.#groups.values()].toSorted((one, other) => other.sagas - one.sagas),
      others: this.#others,
      lostStates: notEntered.filter((state) => this.#recorded.has(state)),
      unreachedStates: notEntered.filter((state) => !this.#recorded.has(state)),
      unknownStates: [...this.#unknown].toSorted(),
      unread: this.#unread,
    }
  }

  #group(id: string, difference: ReplayDifference): void {
    const { kind, state, event, before, now } = difference
    const key = JSON.stringify([kind, state, event, before, now])
    const group = this.#groups.get(key)
    if (group === undefined && this.#groups.size >= MOST_GROUPS) {
      this.#others++
      return
    }
    const { sagas, examples } = group ?? { sagas: 0, examples: [] }
    const shown = examples.length < EXAMPLES ? [...examples, id] : examples
    this.#groups.set(key, { ...difference, sagas: sagas + 1, examples: shown })
  }
}
