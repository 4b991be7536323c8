import type { EarlierHistory } from '../../codec/hooked-saga.ts'
import type { Loaded, Persistency } from '../../ports/persistency.ts'

/** A head that a step was decided on. */
export interface DecidedHead {
  readonly loaded: Loaded
  /** False for a cached head. */
  readonly isFresh: boolean
}

/**
 * The history that belongs to a head, for a step with hooks (C2.7): one more read, of the saga's document. `undefined` where the
 * store has another number of steps: another writer has moved the saga since, so the event must be decided again.
 */
export async function readEarlierHistory(
  persistency: Pick<Persistency, 'document'>,
  { loaded: { saga }, isFresh }: DecidedHead,
): Promise<EarlierHistory | undefined> {
  const document = await persistency.document(saga.id)
  if (document === undefined) return undefined
  const { history } = document
  const steps = history.events.length
  // A history that is shorter than a fresh head was cut by hand: reading again would not change that.
  return steps === saga.length || (isFresh && steps < saga.length) ? history : undefined
}
