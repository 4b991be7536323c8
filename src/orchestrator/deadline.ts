import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Resolves when the work ends, or after `within` ms. Rejects where the work fails first. */
export async function atMost(runtime: Pick<Runtime, 'after'>, within: Duration, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = runtime.after(within, resolve)
  await Promise.race([work, promise]).finally(cancel)
}

/** A deadline, and the answer of a caller that does not wait past it. */
export interface Deadline<Late> {
  /** Monotonic instant. */
  readonly deadline: number
  readonly late: () => Promise<Late>
}

/** The result of the work, or that of `late` at the deadline. The work itself goes on; its host is asked to wait for it. */
export function byDeadline<Result, Late>(
  runtime: Pick<Runtime, 'after' | 'monotonic' | 'waitUntil'>,
  work: Promise<Result>,
  { deadline, late }: Deadline<Late>,
): Promise<Result | Late> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.after(Math.max(0, deadline - runtime.monotonic()), () => {
      runtime.waitUntil(work.catch(() => undefined))
      resolve(late())
    })
    const end = <V>(settle: (value: V) => void) => {
      return (value: V): void => {
        cancel()
        settle(value)
      }
    }
    work.then(end(resolve), end(reject))
  })
}
