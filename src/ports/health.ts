import type { Instant } from '../engine/saga.ts'

/** The result of a probe. `why` is a sentence for the engineer on call: what was tried, what came back, what to do. */
export type Health =
  | {
      readonly ok: true
      /** The store's own clock, where it has one (P23). */
      readonly time?: Instant | undefined
      /** The probe wrote to every table and index that a creation writes to. */
      readonly hasWritten?: true
    }
  | { readonly ok: false; readonly why: string }
