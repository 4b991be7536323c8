import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'

/** A store inside a Durable Object, with what the object's alarm needs (P19). */
export interface ObjectPersistency extends Persistency {
  /** Id of the saga that this object hosts, if any. */
  hostedSaga(): Promise<SagaId | undefined>
  /** True where the hosted saga has something due, as far as this object knows. */
  isDue(now: Instant): Promise<boolean>
  /**
   * Sets the alarm for the hosted saga's `due`, or removes it where nothing is due. Where `due` is not after `now`, the work
   * could not be done, and the alarm is set to `again`.
   */
  arm(now: Instant, again: Instant): Promise<void>
}

/** An alarm at this instant rings at once; the platform refuses zero. */
export const AT_ONCE: Instant = 1
