import type { Saga } from '../engine/saga.ts'
import { dueShown, iso } from './instant.ts'
import { lastAnswersOf } from './last-answer.ts'
import type { LastAnswer } from './last-answer.ts'
import { marksOf } from './mark-filter.ts'
import { encodeOutline } from './saga-outline.ts'
import type { SagaOutline } from './saga-outline.ts'

/** A saga as `GET /sagas` lists it: the document without history, metadata and bookkeeping (C5). */
export interface SagaSummary extends SagaOutline {
  readonly createdAt: string
  readonly updatedAt: string
  readonly due?: string
  /** When the saga entered its state; absent where an earlier version moved it last. */
  readonly stateSince?: string
  /** Absent where there are none. */
  readonly marks?: SagaMarks
  /** Last answers of commands that were sent in vain, and reasons of dead letters: a few. Absent where there are none. */
  readonly lastAnswers?: readonly LastAnswer[]
}

/** What a listed saga waits for or needs care with: only the marks that it has. Instants are ISO 8601 in UTC. */
export interface SagaMarks {
  /** Commands that are not delivered yet. */
  readonly owed?: number
  readonly deadLetters?: number
  readonly parked?: number
  /** Deadline of the state (P18). */
  readonly timer?: string
  /** Instant since which it is held (P26). */
  readonly hold?: string
  /** End of the hold, where it ends by itself. */
  readonly until?: string
}

/** The line of a saga in `GET /sagas`. */
export function encodeSummary(saga: Omit<Saga, 'metadata'>): SagaSummary {
  const lastAnswers = lastAnswersOf(saga).slice(0, MOST_ANSWERS)
  return {
    ...encodeOutline(saga),
    createdAt: iso(saga.createdAt),
    updatedAt: iso(saga.updatedAt),
    ...(saga.due !== undefined && { due: iso(dueShown(saga.due, saga.owed[0]?.since ?? saga.createdAt)) }),
    ...(saga.enteredAt !== undefined && { stateSince: iso(saga.enteredAt) }),
    ...(marksOf(saga).length > 0 && { marks: encodeMarks(saga) }),
    ...(lastAnswers.length > 0 && { lastAnswers }),
  }
}

/** Answers of one saga in a list. */
const MOST_ANSWERS = 5

function encodeMarks({ owed, deadLetters, parked, timer, hold }: Omit<Saga, 'metadata'>): SagaMarks {
  return {
    ...(owed.length > 0 && { owed: owed.length }),
    ...(deadLetters.length > 0 && { deadLetters: deadLetters.length }),
    ...(parked.length > 0 && { parked: parked.length }),
    ...(timer !== undefined && { timer: iso(timer.deadline) }),
    ...(hold !== undefined && { hold: iso(hold.since) }),
    ...(hold?.until !== undefined && { until: iso(hold.until) }),
  }
}
