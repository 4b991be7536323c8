import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

const FIRST = 4
/** Milliseconds that a pause takes at most, one beside it. */
export const LONGEST_BACKOFF = 500

/** A moment before the next try: doubling, with full jitter, so that those who collided do not collide again (P21). */
export function backoff(runtime: Runtime, attempt: number): Promise<void> {
  const most = Math.min(LONGEST_BACKOFF, FIRST * 2 ** attempt)
  return new Promise((resolve) => runtime.after(1 + runtime.random() * most, resolve))
}

/**
 * The wait before a debt is tried again: as long as the debt is old, within bounds, so that waits double without anybody
 * counting them. Half of it is jitter.
 */
export function retryWait(age: Duration, bounds: { first: Duration; longest: Duration }, chance: number): Duration {
  const wait = Math.min(bounds.longest, Math.max(bounds.first, age))
  return Math.round(wait / 2 + (chance * wait) / 2)
}
