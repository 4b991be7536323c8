import type { PathTally, RunTally } from './run-tally.ts'

/** Numbers of many sagas. */
export interface Spread {
  readonly mean: number
  readonly p50: number
  readonly p99: number
}

/** A path and its numbers. Durations are milliseconds. */
export interface ReportedPath {
  readonly states: readonly string[]
  /** Labels of the events, without the creation. */
  readonly events: readonly string[]
  /** `final`: it ends in a final state. `stands-still`: nothing moves the saga any more, or the run was cut off. */
  readonly end: 'final' | 'stands-still'
  readonly sagas: number
  /** Part of all sagas, 0 to 1. */
  readonly share: number
  readonly duration: Spread
  readonly cost: Spread
}

/** The numbers of all sagas that ended. */
export interface ExpectedNumbers {
  readonly sagas: number
  readonly ended: number
  readonly duration: Spread
  readonly cost: Spread
}

/** Paths, most frequent first. */
export function reportedPaths({ paths, sagas }: RunTally): readonly ReportedPath[] {
  return Array.from(paths.values(), (path) => ({
    states: path.states,
    events: path.events,
    end: path.isFinal ? ('final' as const) : ('stands-still' as const),
    sagas: path.durations.length,
    share: path.durations.length / sagas,
    duration: spreadOf(path.durations),
    cost: spreadOf(path.costs),
  })).toSorted((one, other) => other.sagas - one.sagas)
}

/** What a saga takes, over those that ended: one that stands still for ever has no duration. */
export function expectedNumbers({ paths, sagas }: RunTally): ExpectedNumbers {
  const ended = [...paths.values()].filter(({ isFinal }) => isFinal)
  const of = (numbers: (path: PathTally) => readonly number[]) => spreadOf(ended.flatMap(numbers))
  const duration = of(({ durations }) => durations)
  const cost = of(({ costs }) => costs)
  return { sagas, ended: ended.reduce((sum, { durations }) => sum + durations.length, 0), duration, cost }
}

/** By nearest rank. All are 0 without numbers. */
function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((one, other) => one - other)
  const rank = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
  const sum = sorted.reduce((total, one) => total + one, 0)
  return { mean: rounded(sum / Math.max(1, sorted.length)), p50: rounded(rank(0.5)), p99: rounded(rank(0.99)) }
}

function rounded(number: number): number {
  return Number(number.toFixed(3))
}
