import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

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
