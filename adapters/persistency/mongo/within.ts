import { MongoNetworkTimeoutError } from 'mongodb'

/** What is asked, or a time-out: the driver's own do not cover a command that is lost with its connection (see `Pulse`). */
export async function within<T>(ms: number, ask: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new MongoNetworkTimeoutError(`no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([ask(), late])
  } finally {
    clearTimeout(timer)
  }
}
