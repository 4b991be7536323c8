import { findDueInOrder, findOwingInOrder } from '../../../../src/codec/find-due.ts'
import type { FindInOrder } from '../../../../src/codec/find-due.ts'
import { dueOrderOf } from '../../../../src/codec/due-order.ts'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../../../src/ports/persistency.ts'
import { documentOf, identityOf } from './durable-sagas.ts'
import type { DurableSagas, DurableSaga } from './durable-sagas.ts'
import { saveGuarded } from './guarded-write.ts'
import type { StoreParts } from './store-parts.ts'
import { StoreLine } from './store-line.ts'

/** Bytes of metadata that always fit; no simulated saga comes near it, but a fault may say so. */
const LIMIT = 1_000_000

/** A store with compare-and-set that can list what is due: of several processes, or of one. */
export function guardedStore(parts: StoreParts, shared: boolean): Persistency {
  return new GuardedStore(parts, shared)
}

class GuardedStore implements Persistency {
  readonly name: string
  readonly can: Capabilities
  readonly #parts: StoreParts
  readonly #line: StoreLine

  constructor(parts: StoreParts, shared: boolean) {
    const { world, host, site } = parts
    this.#parts = parts
    this.#line = new StoreLine(world, host, { site, isGuarded: true })
    this.name = shared ? 'simulated-shared' : 'simulated-single'
    const find: FindInOrder<Loaded> = async (until, limit, after) => inOrder(parts.sagas, { until, limit, after })
    this.can = {
      compareAndSet: 'always',
      shared,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => this.#line.read('due', () => findDueInOrder(find, { now, limit, after })),
        findOwing: (limit, after) => this.#line.read('due', () => findOwingInOrder(find, limit, after)),
      },
      list: false,
      removal: false,
      counts: false,
      records: false,
      adoption: false,
      limit: LIMIT,
    }
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#line.read(id, () => {
      const stored = this.#parts.sagas.get(id)
      return stored && loaded(stored)
    })
  }

  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    return this.#line.write(change.sagaId, () => saveGuarded(this.#parts, { change, next, basis: basis as string }))
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
    return this.#line.read('probe', () => ({ ok: true, time: this.#parts.world.clock }))
  }

  async close(): Promise<void> {}
}

function loaded({ saga, writeId }: DurableSaga): Loaded {
  return { saga, basis: writeId }
}

/** Sagas by the number of `dueOrderOf`, then by id, after a place. */
function inOrder(sagas: DurableSagas, { until, limit, after }: DueOrder): readonly Loaded[] {
  const found: { readonly order: number; readonly stored: DurableSaga }[] = []
  for (const stored of sagas.all()) {
    const order = dueOrderOf(stored.saga)
    if (order === undefined || order > until) continue
    if (after === undefined || order > after.due || (order === after.due && stored.saga.id > after.id))
      found.push({ order, stored })
  }
  found.sort((one, other) => one.order - other.order || (one.stored.saga.id < other.stored.saga.id ? -1 : 1))
  return found.slice(0, limit).map(({ stored }) => loaded(stored))
}

interface DueOrder {
  readonly until: number
  readonly limit: number
  readonly after: Parameters<FindInOrder<Loaded>>[2]
}
