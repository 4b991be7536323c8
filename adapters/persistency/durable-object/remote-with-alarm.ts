import { DEFAULTS } from '../../../src/defaults.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import type { Basis, Capabilities, Persistency, Saved } from '../../../src/ports/persistency.ts'
import { AT_ONCE } from './object-persistency.ts'
import type { ObjectPersistency } from './object-persistency.ts'

/** The part of `ctx.storage` that the store uses. */
export interface AlarmStorage {
  get(key: string): Promise<unknown>
  put(key: string, value: string | number): Promise<void>
  delete(key: string): Promise<boolean>
  getAlarm(): Promise<number | null>
  setAlarm(at: number): Promise<void>
  deleteAlarm(): Promise<void>
}

/**
 * A store elsewhere with the alarm of a Durable Object (P19): recovery is by this alarm, whatever the store itself offers. The
 * store stays shared, since workers elsewhere may write there too.
 */
export function remoteWithAlarm(store: Persistency, storage: AlarmStorage): ObjectPersistency {
  return new RemoteWithAlarm(store, storage)
}

/** Key of the saga whose alarm this object holds. */
const SAGA = 'saga'
/** Key of the instant until which the object looks for a write of unknown fate, and how many ms that takes. */
const UNTIL = 'until'
const MAY_LAND = 10 * 60_000

class RemoteWithAlarm implements ObjectPersistency {
  readonly name: string
  readonly can: Capabilities
  readonly load: Persistency['load']
  readonly applied: Persistency['applied']
  readonly document: Persistency['document']
  readonly probe: Persistency['probe']
  readonly close: Persistency['close']
  readonly #store: Persistency
  readonly #storage: AlarmStorage
  /** The saga's `due` as far as this object knows; a save in flight counts from its beginning. */
  #due: Instant | undefined
  #mayLand = false

  constructor(store: Persistency, storage: AlarmStorage) {
    this.#store = store
    this.#storage = storage
    this.name = store.name
    this.can = { ...store.can, recovery: { by: 'alarm' } }
    this.load = async (id) => {
      const loaded = await store.load(id)
      this.#due = loaded?.saga.due
      // The process that left it owed may be gone, and an answer without a write sets no alarm (I2).
      if (this.#due !== undefined) await this.#expect(id, this.#due)
      return loaded
    }
    this.applied = (...asked) => store.applied(...asked)
    this.document = (id) => store.document(id)
    this.probe = () => store.probe()
    this.close = () => store.close()
  }

  /** Sets the alarm first and writes then: whatever fails, an alarm comes back for owed commands (P19). */
  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    if (next.due !== undefined) await this.#expect(change.sagaId, next.due)
    const saved = await this.#store.save(change, next, basis).catch(async (thrown: unknown) => {
      if (next.due !== undefined) await this.#lookUntil(change.at + MAY_LAND)
      throw thrown
    })
    if (saved.kind === 'saved') {
      this.#due = next.due
      if (saved.isUnguarded !== true) await this.#lookNoMore()
    }
    return saved
  }

  async hostedSaga(): Promise<SagaId | undefined> {
    return (await this.#storage.get(SAGA)) as SagaId | undefined
  }

  /** Before the first load nothing is known, and a command may be due. */
  async isDue(now: Instant): Promise<boolean> {
    return (this.#due ?? now) <= now
  }

  async arm(now: Instant, again: Instant): Promise<void> {
    const until = (await this.#storage.get(UNTIL)) as Instant | undefined
    const due = this.#due
    if (due !== undefined) return this.#storage.setAlarm(alarmAt(due <= now ? again : due))
    if (until !== undefined && now < until) {
      return this.#storage.setAlarm(alarmAt(Math.min(until, now + DEFAULTS.retryLongest)))
    }
    await Promise.all([this.#storage.deleteAlarm(), this.#storage.delete(SAGA), this.#lookNoMore(until)])
  }

  /** The store may apply a write long after its time-out; its debt must find an alarm then (I9). */
  async #lookUntil(until: Instant): Promise<void> {
    this.#mayLand = true
    await this.#storage.put(UNTIL, until)
  }

  /** The condition of the earlier write no longer holds, so that write cannot land. */
  async #lookNoMore(until?: Instant): Promise<void> {
    if (!this.#mayLand && until === undefined) return
    this.#mayLand = false
    await this.#storage.delete(UNTIL)
  }

  /** Sets the alarm where no earlier one is set. Early alarms only look, so most steps write nothing here. */
  async #expect(id: SagaId, due: Instant): Promise<void> {
    this.#due = Math.min(this.#due ?? due, due)
    const alarm = await this.#storage.getAlarm()
    if (alarm !== null && alarm <= due) return
    await Promise.all([this.#storage.put(SAGA, id), this.#storage.setAlarm(alarmAt(due))])
  }
}

function alarmAt(due: Instant): number {
  return Math.max(AT_ONCE, Math.ceil(due))
}
