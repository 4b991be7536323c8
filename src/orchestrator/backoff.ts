import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

const FIRST = 4
/** Milliseconds that a pause takes at most, one beside it. */
export const LONGEST = 500

/** A moment before the next try: doubling, with full jitter, so that those who collided do not collide again (P21). */
export function pause(runtime: Runtime, attempt: number): Promise<void> {
  const most = Math.min(LONGEST, FIRST * 2 ** attempt)
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

/** Resolves when the work has ended or `within` ms have passed, whichever is first. */
export async function atMost(runtime: Runtime, within: Duration, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = runtime.after(within, resolve)
  await Promise.race([work, promise]).finally(cancel)
}

/**
 * What the work comes to, or what `late` says at the deadline (monotonic). The caller has an answer then; the work goes on where
 * it is, and begins nothing new.
 */
export function byDeadline<T, L>(
  runtime: Runtime,
  deadline: number,
  work: Promise<T>,
  late: () => Promise<L>,
): Promise<T | L> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.after(Math.max(0, deadline - runtime.monotonic()), () => {
      runtime.waitUntil(work.catch(() => undefined))
      resolve(late())
    })
    const end = <V>(tell: (value: V) => void) => {
      return (value: V): void => {
        cancel()
        tell(value)
      }
    }
    work.then(end(resolve), end(reject))
  })
}
