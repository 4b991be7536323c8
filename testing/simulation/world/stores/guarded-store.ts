import { findDueInOrder, findOwingInOrder } from '../../../../src/codec/find-due.ts'
import type { FindInOrder } from '../../../../src/codec/find-due.ts'
import { dueOrderOf } from '../../../../src/codec/due-order.ts'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { EventId, Instant, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../../../src/ports/persistency.ts'
import type { Dice } from '../run-chance.ts'
import { documentOf, identityOf, shownHead } from './durable-sagas.ts'
import type { DurableSaga, DurableSagas } from './durable-sagas.ts'
import { overtake, saveGuarded } from './guarded-write.ts'
import { withLists } from './listed-sagas.ts'
import type { StoreOfProcess, SimulatedStoreParts } from './simulated-store-parts.ts'
import { StoreLine } from './store-line.ts'

/** Bytes of metadata that always fit; no simulated saga comes near it, but a fault may say so. */
const LIMIT = 1_000_000

const TOO_LARGE: Saved = { kind: 'too-large', limit: LIMIT }

const NOTHING_ELSE = {
  list: false,
  removal: false,
  counts: false,
  records: false,
  adoption: false,
  limit: LIMIT,
} as const

/** A store with compare-and-set that can list what is due: of several processes, or of one. */
export function sweepStore(parts: SimulatedStoreParts, shared: boolean): StoreOfProcess {
  const line = lineOf(parts)
  const pages = shared ? new ReplicaPages(parts) : parts
  const find: FindInOrder<Loaded> = async (until, limit, after) => inOrder(pages.sagas, { until, limit, after })
  const can: Capabilities = {
    compareAndSet: 'always',
    shared,
    growth: 'append',
    recovery: {
      by: 'sweep',
      findDue: (now, limit, after) => line.read('due', () => findDueInOrder(find, { now, limit, after })),
      findOwing: (limit, after) => line.read('due', () => findOwingInOrder(find, limit, after)),
    },
    ...NOTHING_ELSE,
    ...(parts.removes === true && { removal: { removeFinal: (...given) => removed(parts, line, given) } }),
  }
  const store = new GuardedStore(parts, { name: shared ? 'simulated-shared' : 'simulated-single', can, line })
  const { records } = parts
  return { store, forBulk: records && withLists(store, { line, sagas: parts.sagas, records }) }
}

function removed(
  { sagas, world, host }: SimulatedStoreParts,
  line: StoreLine,
  [before, limit]: readonly [before: Instant, limit: number],
): Promise<number> {
  const apply = () => {
    const ids = sagas.removeFinal(before, limit)
    const { name: process } = host
    for (const sagaId of ids) world.log.note({ kind: 'removed', clock: host.wallClock(), process, sagaId })
    return ids.length
  }
  return line.write('removal', { apply })
}

/** A store of documents with tags, which cannot list what is due (P17). */
export function taggedStore(parts: SimulatedStoreParts): StoreOfProcess {
  const can: Capabilities = {
    compareAndSet: 'when-tagged',
    shared: true,
    growth: 'document',
    recovery: { by: 'redelivery' },
    ...NOTHING_ELSE,
  }
  return { store: new GuardedStore(parts, { name: 'simulated-tagged', can, line: lineOf(parts) }) }
}

function lineOf({ world, host, site }: SimulatedStoreParts): StoreLine {
  return new StoreLine(world, host, { site, isGuarded: true })
}

/** Pages of due sagas from a replica, which may be behind. A write of what it shows meets the condition of the store (P14). */
class ReplicaPages {
  readonly #parts: SimulatedStoreParts
  readonly #dice: Dice
  #earlier: DurableSagas | undefined

  constructor(parts: SimulatedStoreParts) {
    this.#parts = parts
    this.#dice = parts.world.chance.stream(`${parts.host.name} replica`)
  }

  get sagas(): DurableSagas {
    const { sagas, world } = this.#parts
    if (!world.chance.odds.has('page-stale')) return sagas
    const earlier = this.#earlier
    if (earlier !== undefined && this.#dice.fault('page-stale')) return earlier
    this.#earlier = sagas.copy()
    return sagas
  }
}

interface GuardedStoreOptions {
  readonly name: string
  readonly can: Capabilities
  readonly line: StoreLine
}

class GuardedStore implements Persistency {
  readonly name: string
  readonly can: Capabilities
  readonly #parts: SimulatedStoreParts
  readonly #line: StoreLine

  constructor(parts: SimulatedStoreParts, { name, can, line }: GuardedStoreOptions) {
    this.#parts = parts
    this.#line = line
    this.name = name
    this.can = can
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#line.read(id, () => {
      const stored = this.#parts.sagas.get(id)
      return stored && loaded(stored)
    })
  }

  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const { sagaId, step, writeId } = change
    return this.#line.write(sagaId, {
      id: writeId,
      apply: () => saveGuarded(this.#parts, { change, next, basis: basis as string }),
      overtake: this.can.shared ? () => overtake(this.#parts, sagaId) : undefined,
      refused: step === undefined || step.by !== undefined ? undefined : TOO_LARGE,
    })
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

function loaded(stored: DurableSaga): Loaded {
  return { saga: shownHead(stored), basis: stored.writeId }
}

interface DueOrder {
  readonly until: number
  readonly limit: number
  readonly after: Parameters<FindInOrder<Loaded>>[2]
}

/** Sagas by the number of `dueOrderOf`, then by id, after a place. */
function inOrder(sagas: DurableSagas, { until, limit, after }: DueOrder): readonly Loaded[] {
  const found: { readonly order: number; readonly stored: DurableSaga }[] = []
  for (const stored of sagas.all()) {
    const order = dueOrderOf(shownHead(stored))
    if (order === undefined || order > until) continue
    if (after === undefined || order > after.due || (order === after.due && stored.saga.id > after.id))
      found.push({ order, stored })
  }
  found.sort((one, other) => one.order - other.order || (one.stored.saga.id < other.stored.saga.id ? -1 : 1))
  return found.slice(0, limit).map(({ stored }) => loaded(stored))
}
