import { DEFAULTS } from '../defaults.ts'
import type { CommandId, Saga, SagaId } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Ledger } from './ledger.ts'
import type { Mailbox } from './mailbox.ts'
import type { SagaLog } from './saga-log.ts'

/** Options of `Settlements`. */
export interface SettlementsOptions {
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly runtime: Runtime
  /** Milliseconds that a settlement waits for another write to carry it; 0 where the host may vanish when idle (P19). */
  readonly settleAfter: number
  /** Present where the level `debug` is written. */
  readonly sagaLog?: SagaLog | undefined
}

/**
 * Delivered commands that the store still lists as owed. The saga's next write settles them, whichever write that is; without
 * one within seconds they are settled by a write of their own.
 */
export class Settlements {
  readonly #options: SettlementsOptions
  readonly #delivered = new Map<SagaId, CommandId[]>()
  #isFlushing = false

  constructor(options: SettlementsOptions) {
    this.#options = options
  }

  /** A command was delivered: it is settled soon, or at once where the host may vanish; then the promise ends with the write. */
  delivered(sagaId: SagaId, id: CommandId): Promise<void> | void {
    const delivered = this.#delivered.get(sagaId)
    if (delivered === undefined) this.#delivered.set(sagaId, [id])
    else delivered.push(id)
    if (this.#options.settleAfter === 0) return this.#write(sagaId)
    this.#flushLater()
  }

  /** Commands that this saga owes although they were delivered; `undefined` for none. */
  settledOf(saga: Saga): readonly CommandId[] | undefined {
    const delivered = this.#delivered.get(saga.id)
    if (delivered === undefined) return undefined
    const settled = saga.owed.filter(({ id }) => delivered.includes(id)).map(({ id }) => id)
    return settled.length === 0 ? undefined : settled
  }

  isDelivered(sagaId: SagaId, id: CommandId): boolean {
    return this.#delivered.get(sagaId)?.includes(id) ?? false
  }

  /** The store has these settlements now. */
  settled(sagaId: SagaId, ids: readonly CommandId[] | undefined): void {
    const delivered = ids && this.#delivered.get(sagaId)
    if (ids === undefined || delivered === undefined) return
    this.#options.sagaLog?.settled(sagaId, ids)
    const left = delivered.filter((id) => !ids.includes(id))
    if (left.length === 0) this.#delivered.delete(sagaId)
    else this.#delivered.set(sagaId, left)
  }

  /**
   * Writes every waiting settlement until `deadline` (monotonic). A command whose settlement is not written by then is sent
   * once more after the next start, under the same key.
   */
  async flush(deadline: number): Promise<void> {
    await this.#writeAll([...this.#delivered.keys()], deadline)
  }

  /**
   * Two generations: a command delivered now is settled at the end of the next period, unless a step carried the settlement
   * before. One timer serves all sagas.
   */
  #flushLater(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    const waiting = [...this.#delivered.keys()]
    this.#options.runtime.after(this.#options.settleAfter, () => {
      void this.#writeAll(waiting).then(() => {
        this.#isFlushing = false
        if (this.#delivered.size > 0) this.#flushLater()
      })
    })
  }

  /** A few at a time, since requests come first. A write that fails is tried again at the next flush. */
  async #writeAll(sagas: readonly SagaId[], deadline: number = Number.POSITIVE_INFINITY): Promise<void> {
    const { runtime } = this.#options
    const left = sagas.values()
    const worker = async () => {
      for (const id of left) {
        await this.#write(id, deadline).catch(() => undefined)
        if (runtime.monotonic() >= deadline) return
      }
    }
    await Promise.all(Array.from({ length: Math.min(DEFAULTS.settleAtOnce, sagas.length) }, worker))
  }

  #write(sagaId: SagaId, deadline: number = Number.POSITIVE_INFINITY): Promise<void> {
    const { ledger, mailbox, runtime } = this.#options
    return mailbox.run(sagaId, async () => {
      let settled: readonly CommandId[] | undefined
      const settle = (saga: Saga) => {
        settled = this.settledOf(saga)
        return settled && { settled }
      }
      const written = await ledger.amend(sagaId, settle, Math.min(deadline, runtime.monotonic() + DEFAULTS.deadline))
      if (written !== undefined) this.settled(sagaId, settled)
      else if (settled === undefined) this.#delivered.delete(sagaId) // none of them is owed any more
    })
  }
}
