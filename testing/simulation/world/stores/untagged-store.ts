import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import { opaque } from '../../../../src/codec/opaque.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../../../src/ports/persistency.ts'
import { documentOf, identityOf, storedAfter, verdictOf } from './durable-sagas.ts'
import type { DurableSaga } from './durable-sagas.ts'
import type { StoreOfProcess, SimulatedStoreParts } from './simulated-store-parts.ts'
import { StoreLine } from './store-line.ts'

/**
 * A store of documents without tags (P17): a write reads, compares and then replaces the whole document, whatever is there by then. It
 * keeps its promises for one writer a saga, so one process uses it, and a write that is under way when that process ends has arrived.
 */
export function untaggedStore(parts: SimulatedStoreParts): StoreOfProcess {
  return { store: new UntaggedStore(parts) }
}

/** The document that the write was made from goes along, since the write sends the whole of it again. */
const basisOf = opaque<Basis, DurableSaga>()

class UntaggedStore implements Persistency {
  readonly name = 'simulated-untagged'
  readonly can: Capabilities = {
    compareAndSet: 'when-tagged',
    shared: true,
    growth: 'document',
    recovery: { by: 'redelivery' },
    list: false,
    removal: false,
    counts: false,
    records: false,
    adoption: false,
    limit: false,
  }
  readonly #parts: SimulatedStoreParts
  readonly #line: StoreLine

  constructor(parts: SimulatedStoreParts) {
    const { world, host, site } = parts
    this.#parts = parts
    this.#line = new StoreLine(world, host, { site, isGuarded: false })
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#line.read(id, () => {
      const stored = this.#parts.sagas.get(id)
      return stored && { saga: stored.saga, basis: basisOf.seal(stored) }
    })
  }

  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const before = basis === 'absent' ? undefined : basisOf.open(basis)
    return this.#line.write(change.sagaId, { apply: () => this.#replace(change, next, before) })
  }

  applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#line.read(id, () => this.#parts.sagas.get(id)?.writers.has(identityOf({ id: event, label })) === true)
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#line.read(id, () => {
      const stored = this.#parts.sagas.get(id)
      return stored && documentOf(stored)
    })
  }

  probe(): Promise<Health> {
    return this.#line.read('probe', () => ({ ok: true }))
  }

  async close(): Promise<void> {}

  #replace(change: Change, next: Saga, before: DurableSaga | undefined): Saved {
    const { sagas, world, host } = this.#parts
    const stored = sagas.get(change.sagaId)
    const verdict = verdictOf(stored, change, before?.writeId ?? 'absent')
    if (verdict === 'saved') return savedAs(stored as DurableSaga)
    if (verdict !== undefined) return { kind: verdict }
    const after = storedAfter(before, change, next)
    sagas.put(after)
    const { name: process } = host
    world.log.note({ kind: 'written', clock: host.wallClock(), process, change, before: stored?.saga, after: next })
    return savedAs(after)
  }
}

function savedAs(stored: DurableSaga): Saved {
  return { kind: 'saved', basis: basisOf.seal(stored), isUnguarded: true }
}
