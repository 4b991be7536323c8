import type { ReadPast } from './past-saga.ts'

/** Sagas to be replayed. */
export interface AskedHistories {
  /** Filters of `GET /sagas`. */
  readonly filters: Readonly<Record<string, string>>
  readonly most: number
}

/** The end of a reading: `isAll` is false where there are more sagas than asked. */
export type HistoriesRead =
  | { readonly ok: true; readonly isAll: boolean }
  | { readonly ok: false; readonly why: string }

/** A place that has the histories of sagas: a service, or a store. */
export interface HistorySource {
  /** Lists sagas page by page, newest first; the next page waits for `take`. Never throws because of the place. */
  list(asked: AskedHistories, take: (ids: readonly string[]) => Promise<void>): Promise<HistoriesRead>
  /** `undefined` where there is no such saga any more. Never throws. */
  past(id: string): Promise<ReadPast | undefined>
  close(): Promise<void>
}
