import type { SagaDocument } from '../codec/saga-document.ts'
import { DEFAULTS } from '../defaults.ts'
import type { SagaId } from '../engine/saga.ts'
import { BatutaError, isUnreadableSaga, messageOf } from '../errors.ts'
import type { Health } from '../ports/health.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Damaged } from './undone.ts'
import { byDeadline } from './deadline.ts'
import { deadlineOf } from './request-deadline.ts'

/** The result of a read for an answer; rejects with `store-unavailable` at the deadline of a request. */
export function readInTime<T>(runtime: Runtime, { name }: Pick<Persistency, 'name'>, reading: Promise<T>): Promise<T> {
  const late = (): Promise<never> => {
    const why = `read the store "${name}": no answer within ${DEFAULTS.deadline} ms`
    return Promise.reject(new BatutaError('store-unavailable', why))
  }
  return byDeadline(runtime, reading, { deadline: deadlineOf(runtime), late })
}

/** A saga's document by the deadline of a request, or the damage that keeps it from being read. */
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

/** Outcome for a saga whose stored form cannot be read; a repeat of the request would not help. */
export function damaged(sagaId: SagaId, thrown: unknown): Damaged {
  return { kind: 'unreadable', sagaId, why: messageOf(thrown) }
}

/** The result of a probe; not ok where there is none in time. `what` names the probed thing. */
export function probeInTime(runtime: Runtime, what: string, probing: Promise<Health>): Promise<Health> {
  const deadline = runtime.monotonic() + DEFAULTS.probe
  return byDeadline(runtime, probing, {
    deadline,
    late: async (): Promise<Health> => ({ ok: false, why: `${what}: no answer to a probe` }),
  })
}
