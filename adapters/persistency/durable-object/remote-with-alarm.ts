import { DEFAULTS } from '../../../src/defaults.ts'
import type { Change, Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import type { Basis, Capabilities, Persistency, Saved } from '../../../src/ports/persistency.ts'
import { AT_ONCE } from './object-persistency.ts'
import type { ObjectPersistency } from './object-persistency.ts'

/** What is needed of `ctx.storage`. */
export interface AlarmStorage {
  get(key: string): Promise<unknown>
  put(key: string, value: string | number): Promise<void>
  delete(key: string): Promise<boolean>
  getAlarm(): Promise<number | null>
  setAlarm(at: number): Promise<void>
  deleteAlarm(): Promise<void>
}

/**
 * A saga's document in a store somewhere else, while its object lends mailbox and alarm (P19). Whatever the store itself can
 * do for recovery, here nobody needs to ask it what is due. It stays shared: workers elsewhere may write there too.
 */
export function remoteWithAlarm(store: Persistency, storage: AlarmStorage): ObjectPersistency {
  return new RemoteWithAlarm(store, storage)
}

/** Under which an object remembers whose alarm it has. */
const SAGA = 'saga'
/** Under which it remembers until when it looks for a write of unknown fate, and for how many ms it does. */
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
  /** When the saga is to be looked at, as far as this object knows; a save under way counts as soon as it begins. */
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
      // Whoever left it owed may never come back, and an answer that writes nothing sets no alarm (I2).
      if (this.#due !== undefined) await this.#expect(id, this.#due)
      return loaded
    }
    this.applied = (...asked) => store.applied(...asked)
    this.document = (id) => store.document(id)
    this.probe = () => store.probe()
    this.close = () => store.close()
  }

  /** First the alarm, then the write: whatever becomes of the two, somebody comes back to what may be owed (P19). */
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

  async arm(now: Instant, again: Instant): Promise<void> {
    const until = (await this.#storage.get(UNTIL)) as Instant | undefined
    const due = this.#due
    if (due !== undefined) return this.#storage.setAlarm(alarmAt(due <= now ? again : due))
    if (until !== undefined && now < until) {
      return this.#storage.setAlarm(alarmAt(Math.min(until, now + DEFAULTS.retryLongest)))
    }
    await Promise.all([this.#storage.deleteAlarm(), this.#storage.delete(SAGA), this.#lookNoMore(until)])
  }

  /** The store may carry out a write long after it was given up, and its debt must find an alarm then (I9). */
  async #lookUntil(until: Instant): Promise<void> {
    this.#mayLand = true
    await this.#storage.put(UNTIL, until)
  }

  /** What an earlier write was conditional on is no more, so it cannot land. */
  async #lookNoMore(until?: Instant): Promise<void> {
    if (!this.#mayLand && until === undefined) return
    this.#mayLand = false
    await this.#storage.delete(UNTIL)
  }

  /** An alarm that comes too early only looks. In most steps there is one already, so that they write nothing here. */
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
