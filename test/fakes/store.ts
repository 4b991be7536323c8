import { timelessMemory } from './timeless-memory.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import type { Basis, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'

/** The fate of the next save: it throws before or after the write landed, or another writer is first. */
export type Trouble = 'before' | 'after' | 'conflict'

/** A memory store that does what the test says and remembers what it was asked. */
export interface FakeStore extends Persistency {
  readonly saves: readonly Change[]
  readonly loads: number
  /** Reads of whole documents. */
  readonly documents: number
  readonly asked: readonly string[]
  trouble(...plan: Trouble[]): void
  /** It cannot be reached, until `mend`. */
  down(): void
  mend(): void
  /** Every save of this saga fails from now on. */
  refuse(id: SagaId): void
  /** Pages of due sagas are read at once, and returned when `until` has resolved. */
  holdPages(until: Promise<void>): void
}

export function fakeStore(inner: Persistency = timelessMemory()): FakeStore {
  return new Troubled(inner)
}

class Troubled implements FakeStore {
  readonly name: string
  readonly can: Persistency['can']
  readonly saves: Change[] = []
  readonly asked: string[] = []
  loads = 0
  documents = 0
  #plan: Trouble[] = []
  #down = false
  #pages: Promise<void> | undefined
  readonly #refused = new Set<SagaId>()
  readonly #inner: Persistency

  constructor(inner: Persistency) {
    this.#inner = inner
    this.name = inner.name
    this.can = { ...inner.can, recovery: this.#reachable(inner.can.recovery) }
  }

  trouble(...plan: Trouble[]): void {
    this.#plan.push(...plan)
  }

  down(): void {
    this.#down = true
  }

  mend(): void {
    this.#down = false
  }

  refuse(id: SagaId): void {
    this.#refused.add(id)
  }

  holdPages(until: Promise<void>): void {
    this.#pages = until
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    this.loads++
    this.#reach()
    return this.#inner.load(id)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    this.saves.push(change)
    this.#reach()
    if (this.#refused.has(change.sagaId)) throw new Error('this one cannot be written')
    const trouble = this.#plan.shift()
    if (trouble === 'before') throw new Error('the line broke on the way there')
    if (trouble === 'conflict') await this.#meddle(change.sagaId)
    const saved = await this.#inner.save(change, next, basis)
    if (trouble === 'after') throw new Error('the line broke on the way back')
    return saved
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    this.asked.push(`${event} ${label}`)
    this.#reach()
    return this.#inner.applied(id, event, label)
  }

  document = (id: SagaId) => {
    this.documents++
    return this.#inner.document(id)
  }
  probe = () => this.#inner.probe()
  close = () => this.#inner.close()

  /** Another writer's bookkeeping: the head stays what it was, its writeId does not. */
  async #meddle(id: SagaId): Promise<void> {
    const loaded = await this.#inner.load(id)
    if (loaded === undefined) return
    const { saga, basis } = loaded
    await this.#inner.save({ sagaId: id, writeId: `other-${this.saves.length}`, at: saga.updatedAt }, saga, basis)
  }

  #reachable(recovery: Persistency['can']['recovery']): Persistency['can']['recovery'] {
    if (recovery.by !== 'sweep') return recovery
    const findDue: typeof recovery.findDue = async (...asked) => {
      this.#reach()
      const page = await recovery.findDue(...asked)
      if (this.#pages !== undefined) await this.#pages
      return page
    }
    const findOwing: typeof recovery.findOwing = async (...asked) => {
      this.#reach()
      return (await recovery.findOwing?.(...asked)) ?? []
    }
    return { by: 'sweep', findDue, findOwing }
  }

  #reach(): void {
    if (this.#down) throw new Error('the store is down')
  }
}
