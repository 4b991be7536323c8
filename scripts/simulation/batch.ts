import type { Violation } from '../../testing/checker/observation.ts'
import type { StoreKind } from '../../testing/simulation/world/stores/store-kinds.ts'

/** Options of `runSeeds`. */
export interface RunSeedsOptions {
  readonly from: number
  readonly seeds: number
  readonly store: StoreKind | undefined
  readonly jobs: number
  /** Forgets what an interrupted run of the same seeds has done. */
  readonly afresh: boolean
}

/** Seeds of one message to a worker. */
export interface Batch {
  readonly from: number
  readonly count: number
  readonly store: StoreKind | undefined
}

/** The result of a batch. It ends with the first run that breaks a rule. */
export interface BatchResult {
  readonly from: number
  readonly runs: number
  readonly broken?: { readonly seed: number; readonly violation: Violation } | undefined
}
