import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'

/** The work's own end, or a rejection when it has not come after `wait` ms: some of what a library promises never comes. */
export async function within<T>(runtime: Runtime, wait: Duration, action: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = runtime.after(wait, () =>
    reject(new BatutaError('broker-unreachable', `${action}: no answer within ${wait} ms`)),
  )
  work.catch(() => undefined) // where it fails too late, nobody asks any more
  return Promise.race([work, promise]).finally(cancel)
}
