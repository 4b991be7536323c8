import type { Instant, Saga } from '../engine/saga.ts'

/** A part of a saga that may need the care of an operator. */
export type SagaMark = 'owed' | 'dead-letters' | 'parked' | 'timer' | 'hold'

/** Filters of a list by what a saga waits for. Each stands for itself: different commands may satisfy two of them. */
export interface MarkFilter {
  /** Sagas that have at least one of these. */
  readonly has?: SagaMark | undefined
  /** Sagas that entered their state before this instant; one without a known instant of entry, by its last write. */
  readonly enteredBefore?: Instant | undefined
  /** Sagas that owe a command to this channel, or have a dead letter of it. */
  readonly channel?: string | undefined
  /** Sagas that owe a command with as many answers or more without success. */
  readonly attemptsAtLeast?: number | undefined
}

type Marked = Omit<Saga, 'metadata'>

/** True where the query has one of these filters. */
export function filtersMarks({ has, enteredBefore, channel, attemptsAtLeast }: MarkFilter): boolean {
  return [has, enteredBefore, channel, attemptsAtLeast].some((filter) => filter !== undefined)
}

/** True where a head satisfies every one of these filters. */
export function hasMarks(saga: Marked, filter: MarkFilter): boolean {
  const { has, enteredBefore, channel, attemptsAtLeast } = filter
  return (
    (has === undefined || MARKS[has](saga)) &&
    (enteredBefore === undefined || isEnteredBefore(saga, enteredBefore)) &&
    (channel === undefined || uses(saga, channel)) &&
    (attemptsAtLeast === undefined || saga.owed.some(({ attempts }) => attempts >= attemptsAtLeast))
  )
}

/** The marks of a head. */
export function marksOf(saga: Marked): readonly SagaMark[] {
  return ALL_MARKS.filter((mark) => MARKS[mark](saga))
}

/** True where the saga entered its state before an instant. */
export function isEnteredBefore({ enteredAt, updatedAt }: Marked, instant: Instant): boolean {
  return (enteredAt ?? updatedAt) < instant
}

const MARKS: Readonly<Record<SagaMark, (saga: Marked) => boolean>> = {
  owed: ({ owed }) => owed.length > 0,
  'dead-letters': ({ deadLetters }) => deadLetters.length > 0,
  parked: ({ parked }) => parked.length > 0,
  timer: ({ timer }) => timer !== undefined,
  hold: ({ hold }) => hold !== undefined,
}

/** Every mark. */
export const ALL_MARKS = Object.keys(MARKS) as readonly SagaMark[]

function uses({ owed, deadLetters }: Marked, channel: string): boolean {
  return (
    owed.some((debt) => debt.channel === channel) ||
    deadLetters.some((letter) => letter.kind === undefined && letter.channel === channel)
  )
}
