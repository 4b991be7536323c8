import { RELEASED } from '../../../../src/codec/head.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import type { DurableSagas } from './durable-sagas.ts'

/**
 * A store of one process is opened anew: every holder of a lease has ended, so that what is owed is due at once (P12). No write: the
 * store marks its own order. Held sagas stay as they are (P26).
 */
export function releaseLeases(sagas: DurableSagas): void {
  for (const stored of sagas.all()) {
    const { owed, hold } = stored.saga
    if (owed.length > 0 && hold === undefined) sagas.put({ ...stored, saga: released(stored.saga) })
  }
}

/** The head with its debts due. */
export function released(saga: Saga): Saga {
  return { ...saga, owed: saga.owed.map((debt) => ({ ...debt, due: RELEASED })), due: RELEASED }
}
