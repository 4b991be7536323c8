import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'

/** What the alarm of an object needs beside a store's ways (P19). */
export interface ObjectPersistency extends Persistency {
  /** The saga that lives here, if there is one. */
  hostedSaga(): Promise<SagaId | undefined>
  /**
   * Sets the alarm that the saga asks for, and none where it asks for none. What was due before `now` could not be done: that
   * is for `again`.
   */
  arm(now: Instant, again: Instant): Promise<void>
}

/** An alarm at this instant goes off at once; zero is refused. */
export const AT_ONCE: Instant = 1
