import type { DurableSagas } from './durable-sagas.ts'

/**
 * A store of one process is opened anew: every holder of a lease has ended, so that what is owed is due at once (P12). Held sagas stay
 * as they are (P26).
 */
export function releaseLeases(sagas: DurableSagas): void {
  for (const stored of sagas.all()) {
    const { owed, hold } = stored.saga
    if (owed.length > 0 && hold === undefined) sagas.put({ ...stored, isReleased: true })
  }
}
