import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'

/** A time-out and the action that it ends. */
export interface Timeout {
  readonly ms: Duration
  /** The beginning of the error's message. */
  readonly action: string
}

/** The result of the work; rejects with `broker-unreachable` after `ms`. Some promises of a Kafka library never settle. */
export async function withTimeout<T>(runtime: Runtime, work: Promise<T>, { ms, action }: Timeout): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = runtime.after(ms, () =>
    reject(new BatutaError('broker-unreachable', `${action}: no answer within ${ms} ms`)),
  )
  work.catch(() => undefined) // a rejection after the time-out has no listener
  return Promise.race([work, promise]).finally(cancel)
}

/** Resolves after `ms` of the runtime's clock. */
export function sleep(runtime: Runtime, ms: Duration): Promise<void> {
  return new Promise((resolve) => void runtime.after(ms, resolve))
}
