import type { SagaDocument } from '../codec/document.ts'
import { DEFAULTS } from '../defaults.ts'
import type { SagaId } from '../engine/saga.ts'
import { BatutaError, isUnreadableSaga, messageOf } from '../errors.ts'
import type { Health } from '../ports/health.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Damaged } from './corridor.ts'
import { byDeadline } from './deadline.ts'
import { deadlineOf } from './request-deadline.ts'

/** What a store reads for people, by the deadline of a request. */
export function readInTime<T>(runtime: Runtime, { name }: Pick<Persistency, 'name'>, reading: Promise<T>): Promise<T> {
  return byDeadline(runtime, deadlineOf(runtime), reading, (): Promise<never> => {
    const why = `read the store "${name}": no answer within ${DEFAULTS.deadline} ms`
    return Promise.reject(new BatutaError('store-unavailable', why))
  })
}

/** A saga's document by the deadline of a request, or why there is none to be read. */
export async function documentInTime(
  runtime: Runtime,
  persistency: Pick<Persistency, 'name' | 'document'>,
  id: SagaId,
): Promise<SagaDocument | Damaged | undefined> {
  try {
    return await readInTime(runtime, persistency, persistency.document(id))
  } catch (thrown) {
    if (isUnreadableSaga(thrown)) return damaged(id, thrown)
    throw thrown
  }
}

/** One saga whose stored form cannot be read: no outage, and not mended by trying again. */
export function damaged(sagaId: SagaId, thrown: unknown): Damaged {
  return { kind: 'unreadable', sagaId, why: messageOf(thrown) }
}

/** What a probe finds out, where it finds out anything in time. */
export function probeInTime(runtime: Runtime, what: string, probing: Promise<Health>): Promise<Health> {
  const deadline = runtime.monotonic() + DEFAULTS.probe
  return byDeadline(runtime, deadline, probing, async () => ({ ok: false, why: `${what}: no answer to a probe` }))
}
