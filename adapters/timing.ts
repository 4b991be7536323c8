import type { Duration } from '../src/engine/saga.ts'

/**
 * The end of `work`, or a rejection with `late()` where it has not ended after `ms`. The work itself goes on: only its answer is
 * not waited for any more.
 */
export async function within<T>(ms: Duration, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves after `ms`. */
export function sleep(ms: Duration): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
