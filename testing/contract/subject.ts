import { expect } from 'vitest'
import type { Instant, SagaId } from '../../src/engine/saga.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import type { Gaps } from './gaps.ts'

/** A store under test. */
export interface StoreSubject {
  /** An empty store, or an empty part of one that no other test uses. The suite closes it. */
  open(): Promise<Persistency>
  /**
   * The store that `open` gave last, over a new connection; the first one is closed by then. Absent where a store forgets.
   */
  readonly reopen?: () => Promise<Persistency>
  /** The alarm of this saga, where recovery is by alarm. */
  readonly alarm?: (id: SagaId) => Promise<Instant | undefined>
  /**
   * Damages a stored saga of the store that `open` gave last and answers how to repair it; absent where the data cannot be
   * reached, which `gaps` then declares.
   */
  readonly spoil?: (id: SagaId, how: Damage) => Promise<() => Promise<void>>
  /** Events of a very long saga: fewer where a stand-in for the real server is slow with long documents. */
  readonly longest?: number
  /** Gaps of the store. They are asserted, so that a gap that closes fails a test. */
  readonly gaps?: Gaps
}

/** `cut`: a text that ends too early. `type`: valid data that are not a saga. */
export type Damage = 'cut' | 'type'

/** Runs a test on a store of its own. */
export async function withStore(subject: StoreSubject, test: (store: Persistency) => Promise<void>): Promise<void> {
  const store = await subject.open()
  try {
    await test(store)
  } finally {
    await store.close()
  }
}

/** Expects this saga in the store. */
export async function expectStored(store: Persistency, { saga }: Pick<Loaded, 'saga'>): Promise<Loaded> {
  const loaded = await store.load(saga.id)
  expect(loaded?.saga).toEqual(saga)
  return loaded as Loaded
}

/** Labels of the events in a saga's history, oldest first. */
export async function labels(store: Persistency, id: SagaId): Promise<string[]> {
  const document = await store.document(id)
  return (document?.history.events ?? []).map(({ event }) => event)
}

/**
 * True where two writers at the same instant cannot overwrite each other (P2, P17). One after the other they cannot in any
 * store.
 */
export function isGuarded({ gaps }: Pick<StoreSubject, 'gaps'>): boolean {
  return gaps?.rivals === undefined
}
