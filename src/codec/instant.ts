import type { Instant } from '../engine/saga.ts'
import { RELEASED } from './head.ts'

/** The instant shown for a `due`: a command whose lease was released is due at once, as it has been since its decision. */
export function dueShown(due: Instant, since: Instant): Instant {
  return due === RELEASED ? since : due
}

/** The instant in ISO 8601, UTC. */
export function iso(at: Instant): string {
  return new Date(at).toISOString()
}
