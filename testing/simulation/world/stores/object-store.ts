import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { EventId, Instant, Saga, SagaId } from '../../../../src/engine/saga.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../../../src/ports/persistency.ts'
import { documentOf, identityOf, released } from './durable-sagas.ts'
import { saveGuarded } from './guarded-write.ts'
import { StoreLine } from './store-line.ts'
import type { SimulatedStoreParts } from './simulated-store-parts.ts'

/** The alarm of one object, which outlives its process. */
export interface ObjectAlarm {
  /** `undefined`: none is set. */
  readonly at: Instant | undefined
  set(at: Instant | undefined): void
}

/** The storage of one object, and its alarm. */
export interface SimulatedObjectStore extends Persistency {
  /** The saga of this object; `undefined` before it has one. */
  readonly hosted: SagaId | undefined
  /** Sets the alarm for the next thing that is due; `again` where something is due already. */
  arm(now: Instant, again: Instant): void
}

/**
 * The storage of one saga in its object (P19): the object is the only writer, and a write sets the alarm in its transaction. A write is
 * durable or lost with its object; the platform holds back every output until it is durable, so none is of unknown fate.
 */
export function objectStore(parts: SimulatedStoreParts, id: SagaId, alarm: ObjectAlarm): SimulatedObjectStore {
  return new SimulatedObject(parts, id, alarm)
}

class SimulatedObject implements SimulatedObjectStore {
  readonly name = 'simulated-object'
  readonly can: Capabilities = {
    compareAndSet: 'always',
    shared: false,
    growth: 'append',
    recovery: { by: 'alarm' },
    list: false,
    removal: false,
    counts: false,
    records: false,
    adoption: false,
    limit: false,
  }
  readonly #parts: SimulatedStoreParts
  readonly #id: SagaId
  readonly #alarm: ObjectAlarm
  readonly #line: StoreLine
  /** Until this object has written, every lease it finds is of a process that has ended (P12). */
  #hasWritten = false
  #hasInherited = false

  constructor(parts: SimulatedStoreParts, id: SagaId, alarm: ObjectAlarm) {
    this.#parts = parts
    this.#id = id
    this.#alarm = alarm
    this.#line = new StoreLine(parts.world, parts.host, { site: HERE, isGuarded: false })
  }

  get hosted(): SagaId | undefined {
    return this.#parts.sagas.get(this.#id)?.saga.id
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#line.local(id, () => {
      const stored = this.#parts.sagas.get(id)
      if (stored === undefined) return undefined
      const { saga, writeId: basis } = stored
      if (this.#hasWritten || saga.owed.length === 0) return { saga, basis }
      if (!this.#hasInherited) this.#alarm.set(this.#parts.world.clock)
      this.#hasInherited = true
      return { saga: released(saga), basis }
    })
  }

  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    return this.#line.local(change.sagaId, () => {
      const before = this.#parts.sagas.get(this.#id)?.writeId
      const saved = saveGuarded(this.#parts, { change, next, basis: basis as string })
      if (this.#parts.sagas.get(this.#id)?.writeId === before) return saved
      this.#hasWritten = true
      this.#alarm.set(next.due)
      return saved
    })
  }

  applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#line.local(id, () => this.#parts.sagas.get(id)?.writers.has(identityOf({ id: event, label })) === true)
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#line.local(id, () => {
      const stored = this.#parts.sagas.get(id)
      return stored && documentOf(stored)
    })
  }

  arm(now: Instant, again: Instant): void {
    const due = this.#parts.sagas.get(this.#id)?.saga.due
    this.#alarm.set(due !== undefined && due <= now ? again : due)
  }

  async probe(): Promise<Health> {
    return { ok: true }
  }

  async close(): Promise<void> {}
}

/** Storage in the object itself is never away. */
const HERE = { awayUntil: 0 }
