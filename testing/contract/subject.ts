import { expect } from 'vitest'
import type { Instant, SagaId } from '../../src/engine/saga.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import type { Gaps } from './gaps.ts'

/** What the suite has to know of a store. */
export interface StoreSubject {
  /** A store with nothing in it, or a part of one that nobody else looks at. The suite closes it. */
  open(): Promise<Persistency>
  /** What `open` gave last, once more through a new connection; absent where a store forgets. The first one is closed by then. */
  readonly reopen?: () => Promise<Persistency>
  /** Where recovery is by alarm: the one that is set for this saga. */
  readonly alarm?: (id: SagaId) => Promise<Instant | undefined>
  /**
   * Damages a saga as it is stored in what `open` gave last, and answers how to mend it; absent where nobody can reach it, and
   * then `gaps` says so.
   */
  readonly spoil?: (id: SagaId, how: Damage) => Promise<() => Promise<void>>
  /** Events of a very long saga, where the server that stands in for the real one takes its time with long documents. */
  readonly longest?: number
  /** What the store cannot do; asserted, so that a gap that closes is noticed. */
  readonly gaps?: Gaps
}

/** A text that ends too early, or one that is whole and not of a saga. */
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

/** What the store has now is this. */
export async function expectStored(store: Persistency, { saga }: Pick<Loaded, 'saga'>): Promise<Loaded> {
  const loaded = await store.load(saga.id)
  expect(loaded?.saga).toEqual(saga)
  return loaded as Loaded
}

export async function labels(store: Persistency, id: SagaId): Promise<string[]> {
  const document = await store.document(id)
  return (document?.history.events ?? []).map(({ event }) => event)
}

/** Whether two writers at the same instant can be told apart (P2, P17). One after the other they can in every store. */
export function isGuarded({ gaps }: Pick<StoreSubject, 'gaps'>): boolean {
  return gaps?.rivals === undefined
}
