import { evolve } from '../../engine/evolve.ts'
import { shortened } from '../../engine/shorten.ts'
import type { Change, Step } from '../../engine/change.ts'
import type { Saga, SagaId } from '../../engine/saga.ts'
import { reasonOf } from '../../errors.ts'
import type { SaveResultLabel } from '../../ports/metric-labels.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Basis, Loaded, Persistency, Saved } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { HeadCache } from './head-cache.ts'
import type { StepFeed } from './step-feed.ts'
import { writeIds } from '../ids.ts'
import { LONGEST_BACKOFF, backoff } from '../backoff.ts'
import type { SizeLimit } from './size-limit.ts'
import type { TooLarge } from '../undone.ts'

/** Content of a change; the ledger adds saga, write id and instant. */
export type LedgerEntry = Omit<Change, 'sagaId' | 'writeId' | 'at'>

/** Result of a commit: the head after it, or the reason why nothing was written. */
export type CommitResult =
  | { readonly kind: 'saved'; readonly loaded: Loaded }
  /** `isDoubtful`: an earlier try was not answered, so the write may have landed, and a later one followed it (P6). */
  | (Exclude<Saved, { kind: 'saved' | 'too-large' }> & { readonly isDoubtful?: true })
  | TooLarge
  /** The deadline came before an answer of the store: the write may have landed, or may still land (P6). */
  | { readonly kind: 'unknown'; readonly why: string }

/** The write is durable, or its fate is unknown (P6). */
export function mayHaveLanded(result: CommitResult): boolean {
  return result.kind === 'saved' || result.kind === 'unknown' || ('isDoubtful' in result && result.isDoubtful === true)
}

/** Options of `Ledger`. */
export interface LedgerOptions {
  readonly persistency: Persistency
  readonly heads: HeadCache
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Absent where the limit of the store is smaller. */
  readonly size?: SizeLimit | undefined
  /** Learns of writes without a step; `commitEntry` tells it of steps. Default: none does. */
  readonly feed?: Pick<StepFeed, 'publishAmend'> | undefined
}

/** Reads and writes sagas: by remembered heads, with one kind of write, and never two writes where the fate of one is unknown. */
export class Ledger {
  readonly #persistency: Persistency
  readonly #heads: HeadCache
  readonly #runtime: Runtime
  readonly #metrics: Metrics
  readonly #size: SizeLimit | undefined
  readonly #feed: Pick<StepFeed, 'publishAmend'> | undefined
  readonly #writeId: () => string

  constructor({ persistency, heads, runtime, metrics, size, feed }: LedgerOptions) {
    this.#persistency = persistency
    this.#heads = heads
    this.#runtime = runtime
    this.#metrics = metrics
    this.#size = size
    this.#feed = feed
    this.#writeId = writeIds(runtime)
  }

  /** The head as this process last wrote it, while it is cached. Only a move may be decided on it (P9). */
  recall(id: SagaId): Loaded | undefined {
    return this.#heads.recall(id)
  }

  /** The head as the store has it now. */
  read(id: SagaId): Promise<Loaded | undefined> {
    return this.#persistency.load(id)
  }

  /** Result of a write that was decided on a remembered head (P21). */
  learn(conflict: boolean): void {
    this.#heads.learn(conflict)
  }

  /**
   * Writes one change. After a throw of the store the same change, with the same `writeId`, is written again until its fate is
   * known or `deadline` (monotonic) has passed; nothing else is decided meanwhile (P6). One that is too large is shortened where
   * that is possible, since bookkeeping of a saga must never be refused (P24).
   */
  async commit(before: Loaded | 'absent', change: Change, deadline: number): Promise<CommitResult> {
    for (let [fitting, cut] = [change, 1]; ; cut++) {
      const committed = await this.#commit(before, fitting, deadline)
      const shorter = committed.kind === 'too-large' ? shortened(fitting, cut) : undefined
      if (shorter === undefined) return committed
      fitting = shorter
    }
  }

  async #commit(before: Loaded | 'absent', change: Change, deadline: number): Promise<CommitResult> {
    const [saga, basis] = before === 'absent' ? [undefined, before] : [before.saga, before.basis]
    const next = evolve(saga, change)
    const tooLarge = this.#exceeded(saga, change, next)
    if (tooLarge !== undefined) return tooLarge
    for (let attempt = 0; ; attempt++) {
      const saved = await this.#save(change, next, basis)
      if (!('why' in saved)) return attempt > 0 && isRefusal(saved) ? { ...saved, isDoubtful: true } : saved
      // Before the deadline: after it the caller has its answer, and would not learn the reason.
      if (this.#runtime.monotonic() + LONGEST_BACKOFF >= deadline) return saved
      await backoff(this.#runtime, attempt)
    }
  }

  /** The limit that a change of a stored saga would exceed; the write itself may still meet a limit of the store. */
  exceeded(saga: Saga, change: Change): TooLarge | undefined {
    return this.#exceeded(saga, change, evolve(saga, change))
  }

  /** Of steps that add something alone: bookkeeping, and an operator who ends a saga, must never be refused (P24). */
  #exceeded(saga: Saga | undefined, { step }: Change, next: Saga): TooLarge | undefined {
    if (step === undefined || (saga !== undefined && addsNothing(saga, step))) return undefined
    return this.#size?.exceeded(saga, next)
  }

  async #save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<CommitResult> {
    const began = this.#runtime.monotonic()
    try {
      const saved = await this.#persistency.save(change, next, basis)
      this.#measure(saved.kind, began)
      if (saved.kind !== 'saved') {
        this.#heads.forget(change.sagaId)
        return saved
      }
      const loaded = { saga: next, basis: saved.basis }
      if (saved.isUnguarded || hasEnded(next)) this.#heads.forget(change.sagaId)
      else this.#heads.remember(loaded)
      if (change.step === undefined) this.#feed?.publishAmend(change, next)
      return { kind: 'saved', loaded }
    } catch (thrown) {
      this.#heads.forget(change.sagaId)
      this.#measure('unknown', began)
      return { kind: 'unknown', why: reasonOf(thrown) }
    }
  }

  #measure(result: SaveResultLabel, began: number): void {
    this.#metrics.saved(result, (this.#runtime.monotonic() - began) / 1_000)
  }

  /** The change of an entry. */
  change(sagaId: SagaId, entry: LedgerEntry): Change {
    return { sagaId, writeId: this.#writeId(), at: this.#runtime.wallClock(), ...entry }
  }

  /**
   * Bookkeeping: writes the entry that `look` makes of the head, and looks again after a conflict (P14). To be called inside the
   * saga's mailbox. `undefined` where there was nothing to write, or the write failed: the debt stays owed, and the sweep finds it.
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

/** A move by hand without command, or a cancellation. */
function addsNothing(saga: Saga, { by, owes, metadata }: Step): boolean {
  return by !== undefined && owes.length === 0 && metadata === saga.metadata
}

function isRefusal(result: CommitResult): result is Exclude<Saved, { kind: 'saved' | 'too-large' }> {
  return result.kind === 'conflict' || result.kind === 'duplicate'
}

/** Such a saga is moved again seldom or never (C4.5), so its head would only take the place of others. */
function hasEnded({ isFinal, owed }: Saga): boolean {
  return isFinal && owed.length === 0
}
