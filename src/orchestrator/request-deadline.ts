import { DEFAULTS } from '../defaults.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Unavailable } from './undone.ts'

/** The monotonic instant by which a request that arrives now must have its answer. */
export function deadlineOf(runtime: Runtime): number {
  return runtime.monotonic() + DEFAULTS.deadline
}

/** True if the request was answered at its deadline: then no new work is begun for it. */
export function isLate(runtime: Runtime, deadline: number): boolean {
  return runtime.monotonic() >= deadline
}

/** The deadline passed before the request had its turn in the saga's mailbox. */
export const LATE_IN_MAILBOX: Unavailable = { kind: 'unavailable', why: 'earlier events of this saga took too long' }
/** The deadline passed while the saga was read. */
export const LATE_READ: Unavailable = { kind: 'unavailable', why: 'the store took too long to read' }
/** The deadline passed while other writers won every conflict (P21). */
export const LATE_CONFLICT: Unavailable = { kind: 'unavailable', why: 'other writers were always faster' }
/** The deadline passed without a result: the store is slow, or earlier events of the saga are. A write may still land (P6). */
export const LATE_STORE: Unavailable = { kind: 'unavailable', why: 'the store had not answered by the deadline' }
