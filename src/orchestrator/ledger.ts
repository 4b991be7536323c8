import { evolve } from '../engine/evolve.ts'
import type { Change, Saga, SagaId } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Basis, Loaded, Persistency, Saved } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { HeadCache } from './head-cache.ts'
import { writeIds } from './ids.ts'
import { LONGEST_BACKOFF, backoff } from './backoff.ts'
import type { SizeLimit } from './size-limit.ts'
import type { TooLarge } from './corridor.ts'

/** What a write adds; the ledger names and dates it. */
export type LedgerEntry = Omit<Change, 'sagaId' | 'writeId' | 'at'>

export type CommitResult =
  | { readonly kind: 'saved'; readonly loaded: Loaded }
  | Exclude<Saved, { kind: 'saved' | 'too-large' }>
  | TooLarge
  /** The deadline came before the store's answer: the write may have landed or may still land (P6). */
  | { readonly kind: 'unknown'; readonly why: string }

export interface LedgerOptions {
  readonly persistency: Persistency
  readonly heads: HeadCache
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Absent where the store's own limit is the smaller one. */
  readonly size?: SizeLimit | undefined
}

/** How a saga is read and written: remembered heads, one kind of write, and no new decision while a fate is unknown. */
export class Ledger {
  readonly #persistency: Persistency
  readonly #heads: HeadCache
  readonly #runtime: Runtime
  readonly #metrics: Metrics
  readonly #size: SizeLimit | undefined
  readonly #writeId: () => string

  constructor({ persistency, heads, runtime, metrics, size }: LedgerOptions) {
    this.#persistency = persistency
    this.#heads = heads
    this.#runtime = runtime
    this.#metrics = metrics
    this.#size = size
    this.#writeId = writeIds(runtime)
  }

  /** The head as this process last wrote it, if it still knows: good enough to move on, for nothing else (P9). */
  recall(id: SagaId): Loaded | undefined {
    return this.#heads.recall(id)
  }

  /** The head as the store has it now. */
  read(id: SagaId): Promise<Loaded | undefined> {
    return this.#persistency.load(id)
  }

  learn(conflict: boolean): void {
    this.#heads.learn(conflict)
  }

  /**
   * Writes one change and stays with it until its fate is known or `deadline` (monotonic) has passed: whatever the store
   * throws, the same change with the same `writeId` is tried again, and nothing else is decided meanwhile (P6).
   */
  async commit(before: Loaded | 'absent', change: Change, deadline: number): Promise<CommitResult> {
    const [saga, basis] = before === 'absent' ? [undefined, before] : [before.saga, before.basis]
    const next = evolve(saga, change)
    // Steps alone: what was let in can always be settled, claimed and counted (P24).
    const tooLarge = change.step && this.#size?.exceeded(saga, next)
    if (tooLarge !== undefined) return tooLarge
    for (let attempt = 0; ; attempt++) {
      const saved = await this.#save(change, next, basis)
      if (!('why' in saved)) return saved
      // The caller has its answer at the deadline: a reason that is known is better told in time.
      if (this.#runtime.monotonic() + LONGEST_BACKOFF >= deadline) return saved
      await backoff(this.#runtime, attempt)
    }
  }

  async #save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<CommitResult> {
    try {
      const saved = await this.#persistency.save(change, next, basis)
      this.#metrics.count(`save-${saved.kind}`)
      if (saved.kind !== 'saved') {
        this.#heads.forget(change.sagaId)
        return saved
      }
      const loaded = { saga: next, basis: saved.basis }
      if (saved.isUnguarded) this.#heads.forget(change.sagaId)
      else this.#heads.remember(loaded)
      return { kind: 'saved', loaded }
    } catch (thrown) {
      this.#heads.forget(change.sagaId)
      this.#metrics.count('save-unknown')
      return { kind: 'unknown', why: reasonOf(thrown) }
    }
  }

  /** A change of this saga, named and dated. */
  change(sagaId: SagaId, entry: LedgerEntry): Change {
    return { sagaId, writeId: this.#writeId(), at: this.#runtime.wallClock(), ...entry }
  }

  /**
   * Bookkeeping: looks at the saga, writes what `look` finds to be written, and looks again after a conflict (P14). To be
   * called inside the saga's mailbox. `undefined` where there was nothing to write or the store did not let us: then the
   * debt is still owed and the sweep has it.
   */
  async amend(id: SagaId, look: (saga: Saga) => LedgerEntry | undefined, deadline: number): Promise<Saga | undefined> {
    for (let attempt = 0; ; attempt++) {
      const loaded = (attempt === 0 ? this.recall(id) : undefined) ?? (await this.read(id))
      const entry = loaded && look(loaded.saga)
      if (loaded === undefined || entry === undefined) return undefined
      const committed = await this.commit(loaded, this.change(id, entry), deadline)
      if (committed.kind === 'saved') return committed.loaded.saga
      if (committed.kind !== 'conflict' || this.#runtime.monotonic() >= deadline) return undefined
      await backoff(this.#runtime, attempt)
    }
  }
}
