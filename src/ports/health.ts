import type { Instant } from '../engine/saga.ts'

/** What a probe finds out. `why` is a sentence for the person who is called at night. */
export type Health =
  | {
      readonly ok: true
      /** The store's own clock, where it has one (P23). */
      readonly time?: Instant | undefined
      /** A write went through all that a creation writes to. */
      readonly hasWritten?: true
    }
  | { readonly ok: false; readonly why: string }
