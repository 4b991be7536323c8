import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

const FIRST_BACKOFF: Duration = 4
/** The longest wait after a conflict, in ms. */
export const LONGEST_BACKOFF: Duration = 500

/** Waits before the next attempt: doubling with full jitter, so that writers that collided do not collide again (P21). At most 501 ms. */
export function backoff(runtime: Pick<Runtime, 'after' | 'random'>, attempt: number): Promise<void> {
  const most = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** attempt)
  return new Promise((resolve) => runtime.after(1 + runtime.random() * most, resolve))
}

/**
 * Milliseconds until a debt is tried again: its age, within bounds, so that waits double without a count of them. Half of the
 * wait is jitter; `chance` is uniform in [0, 1).
 */
export function retryWait(age: Duration, bounds: { first: Duration; longest: Duration }, chance: number): Duration {
  const wait = Math.min(bounds.longest, Math.max(bounds.first, age))
  return Math.round(wait / 2 + (chance * wait) / 2)
}
