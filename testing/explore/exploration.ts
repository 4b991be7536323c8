import type { BrokenProperty } from '../properties/judge.ts'
import type { EventTreatment } from './take-event.ts'
import type { ExploredStep } from './trace.ts'

/** How a finding comes about. */
export interface FindingWay {
  /** Faults that it takes; 0: the machine needs none. */
  readonly faults: number
  /** With the fewest faults, and of those one of the shortest. */
  readonly trace: readonly ExploredStep[]
}

/** A saga can stand still for ever in this state: nothing is owed or under way, no deadline stands, and the state is not final. */
export interface StandStill extends FindingWay {
  readonly state: string
}

/** A saga can go round in these states for ever, and only a fault leads out. */
export interface LiveLock extends FindingWay {
  readonly states: readonly string[]
  /** One round, from the end of the trace. */
  readonly round: readonly ExploredStep[]
}

/** An event can arrive in a state that does not take it. */
export interface UnexpectedArrival extends FindingWay {
  readonly event: string
  readonly state: string
  /** A final state absorbs what it does not list (I6). */
  readonly isFinal: boolean
  /** `dead-lettered`: it was parked, and the saga stands still in this state without taking it. */
  readonly treatment: Exclude<EventTreatment, 'moved'> | 'dead-lettered'
}

/** A property that a path breaks. */
export interface BreakingPath extends FindingWay {
  readonly property: BrokenProperty
}

/** The result of an exploration: plain data. */
export interface Exploration {
  /** True if all situations were looked at: what is not among the findings cannot happen with so many faults. */
  readonly isWhole: boolean
  readonly situations: number
  /** Most faults of one path. */
  readonly faults: number
  /** In the order of the file. Certain only where the exploration is whole. */
  readonly neverReached: readonly string[]
  readonly standStills: readonly StandStill[]
  readonly liveLocks: readonly LiveLock[]
  readonly unexpected: readonly UnexpectedArrival[]
  readonly broken: readonly BreakingPath[]
}
