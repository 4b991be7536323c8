import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import type { SagaId } from '../../../src/engine/saga.ts'
import type { Persistency, Saved } from '../../../src/ports/persistency.ts'

/** A store that several services share, each through a handle of its own: closing one does not close the others. */
export interface SharedStore {
  readonly store: Persistency
  readonly door: () => StoreHandle
}

export interface StoreHandle extends Persistency {
  /** Saves of these sagas through this handle wait for `release` from now on. */
  hold(isHeld: (id: SagaId) => boolean): void
  release(): void
  /** False: it does not answer. */
  isDown: boolean
  /** Saves and reads without an answer. */
  readonly asked: number
  /** Saves of this saga are refused. */
  refused: SagaId | undefined
  /** Saves that wait, and the results of those that have waited. */
  readonly waiting: number
  readonly released: readonly Saved[]
}

export function sharedStore(store: Persistency = memoryPersistency({ shared: true })): SharedStore {
  return { store, door: () => doorTo(store) }
}

function doorTo(store: Persistency): StoreHandle {
  let gate: { readonly isHeld: (id: SagaId) => boolean; readonly opened: PromiseWithResolvers<void> } | undefined
  let waiting = 0
  const released: Saved[] = []
  let isDown = false
  let refused: SagaId | undefined
  let asked = 0
  const reach = () => {
    if (!isDown) return
    asked++
    throw new Error('the store is down')
  }
  return {
    get isDown() {
      return isDown
    },
    set isDown(down) {
      isDown = down
    },
    get asked() {
      return asked
    },
    get refused() {
      return refused
    },
    set refused(id) {
      refused = id
    },
    name: store.name,
    can: store.can,
    async load(id) {
      reach()
      return store.load(id)
    },
    async save(change, next, basis) {
      reach()
      if (change.sagaId === refused) throw new Error('this one cannot be written')
      if (gate?.isHeld(change.sagaId) !== true) return store.save(change, next, basis)
      waiting++
      await gate.opened.promise
      waiting--
      const saved = await store.save(change, next, basis)
      released.push(saved)
      return saved
    },
    async applied(id, event, label) {
      reach()
      return store.applied(id, event, label)
    },
    document: (id) => store.document(id),
    probe: async () => (isDown ? { ok: false, why: 'the store is down' } : store.probe()),
    close: async () => undefined,
    hold: (isHeld) => (gate = { isHeld, opened: Promise.withResolvers() }),
    release() {
      gate?.opened.resolve()
      gate = undefined
    },
    get waiting() {
      return waiting
    },
    released,
  }
}
