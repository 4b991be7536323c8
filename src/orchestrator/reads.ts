import { DEFAULTS } from '../defaults.ts'
import { BatutaError } from '../errors.ts'
import type { Health } from '../ports/health.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import { byDeadline } from './pause.ts'
import { deadlineOf } from './steps.ts'

/** What a store reads for people, by the deadline of a request. */
export function readInTime<T>(runtime: Runtime, { name }: Pick<Persistency, 'name'>, reading: Promise<T>): Promise<T> {
  return byDeadline(runtime, deadlineOf(runtime), reading, (): Promise<never> => {
    const why = `read the store "${name}": no answer within ${DEFAULTS.deadline} ms`
    return Promise.reject(new BatutaError('store-unavailable', why))
  })
}

/** What a probe finds out, where it finds out anything in time. */
export function probeInTime(runtime: Runtime, what: string, probing: Promise<Health>): Promise<Health> {
  const deadline = runtime.monotonic() + DEFAULTS.probe
  return byDeadline(runtime, deadline, probing, async () => ({ ok: false, why: `${what}: no answer to a probe` }))
}
