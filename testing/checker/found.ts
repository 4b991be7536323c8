import type { RunIndex } from './run-index.ts'
import type { SagaStory } from './saga-story.ts'

/** A broken rule of one saga. */
export interface Found {
  readonly rule: string
  readonly why: string
  /** Position of the observation that shows it; absent where it is the end of the run. */
  readonly at?: number | undefined
}

/** A rule that is judged saga by saga. */
export type SagaRule = (saga: SagaStory, run: RunIndex) => Iterable<Found>

/** One broken rule. */
export function found(rule: string, why: string, at?: number): Found {
  return { rule, why, at }
}
