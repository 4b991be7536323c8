import { DEFAULTS } from '../../defaults.ts'
import type { Step } from '../../engine/change.ts'
import type { Command, CommandId, Debt, Saga, SagaId } from '../../engine/saga.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import type { Ledger, LedgerEntry } from '../events/ledger.ts'
import type { Mailbox } from '../mailbox.ts'
import type { SagaLog } from '../observability/saga-log.ts'
import { deliveriesOf, deliveryIn } from './deliveries.ts'
import type { AcceptedCommand } from './deliveries.ts'
import type { OutgoingCommand } from './outgoing-command.ts'

/** Options of `Settlements`. */
export interface SettlementsOptions {
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly runtime: Runtime
  /** Milliseconds that a settlement waits for another write to carry it; 0 where the host may vanish when idle (P19). */
  readonly settleAfter: number
  /** Concurrent writes of settlements. */
  readonly atOnce: number
  /** Present where the level `debug` is written. */
  readonly sagaLog?: SagaLog | undefined
}

/** A send that has succeeded. */
interface DeliveredSend extends Pick<OutgoingCommand, 'attempts' | 'owedSince'> {
  readonly command: Pick<Command, 'id' | 'sagaId' | 'label'>
}

/**
 * Delivered commands that the store still lists as owed. The saga's next write settles them, whichever write that is; without
 * one within seconds they are settled by a write of their own.
 */
export class Settlements {
  readonly #options: SettlementsOptions
  readonly #delivered = new Map<SagaId, AcceptedCommand[]>()
  #isWriting = false
  /** Ends the wait of the period under way. */
  #cancelPeriod: Cancel | undefined

  constructor(options: SettlementsOptions) {
    this.#options = options
  }

  /**
   * A command was delivered, after `attempts` answers without success: it is settled soon, or at once where the host may vanish; then
   * the promise ends with the write.
   */
  delivered({ command, attempts, owedSince: since }: DeliveredSend): Promise<void> | void {
    const { id, sagaId, label } = command
    const delivered = this.#delivered.get(sagaId)
    const one = { id, label, attempts, since, at: this.#options.runtime.wallClock() }
    if (delivered === undefined) this.#delivered.set(sagaId, [one])
    else delivered.push(one)
    if (this.#options.settleAfter === 0) return this.#write(sagaId)
    this.#flushLater()
  }

  /** Commands that this saga owes although they were delivered; `undefined` for none. */
  settledOf(saga: Saga): readonly CommandId[] | undefined {
    const delivered = this.#delivered.get(saga.id)
    if (delivered === undefined) return undefined
    let settled: CommandId[] | undefined
    for (const debt of saga.owed) if (deliveryIn(delivered, debt) !== undefined) (settled ??= []).push(debt.id)
    return settled
  }

  /**
   * The settlements of this saga as a part of its next write; `undefined` for none. A step that leaves the state has no use for
   * deliveries: its history tells that the commands arrived.
   */
  entryOf(saga: Saga, step?: Step): Pick<LedgerEntry, 'settled' | 'deliveries'> | undefined {
    const settled = this.settledOf(saga)
    if (settled === undefined || (step !== undefined && step.stays !== true)) return settled && { settled }
    return { settled, deliveries: deliveriesOf(saga, this.#delivered.get(saga.id) ?? []) }
  }

  isDelivered(sagaId: SagaId, debt: Pick<Debt, 'id' | 'since'>): boolean {
    const delivered = this.#delivered.get(sagaId)
    return delivered !== undefined && deliveryIn(delivered, debt) !== undefined
  }

  /** The store has these settlements now. */
  settled(saga: Pick<Saga, 'id' | 'state'>, ids: readonly CommandId[] | undefined): void {
    const delivered = ids && this.#delivered.get(saga.id)
    if (ids === undefined || delivered === undefined) return
    const { sagaLog } = this.#options
    if (sagaLog !== undefined) for (const one of delivered) if (ids.includes(one.id)) sagaLog.settled(saga, one)
    this.#keep(
      saga.id,
      delivered.filter(({ id }) => !ids.includes(id)),
    )
  }

  /**
   * A write that puts commands back into the outbox is durable, or may be (P6): they are to be sent again, so that their earlier delivery
   * settles them no more.
   */
  revived(sagaId: SagaId, debts: readonly Debt[] | undefined): void {
    const delivered = debts && this.#delivered.get(sagaId)
    if (debts === undefined || delivered === undefined) return
    this.#keep(
      sagaId,
      delivered.filter(({ id }) => debts.every((debt) => debt.id !== id)),
    )
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
   * before. One timer serves all sagas. A period ends early where many wait: while their heads are cached, a settlement needs no read.
   */
  #flushLater(): void {
    if (this.#isWriting) return
    const waiting = this.#delivered.keys()
    if (this.#cancelPeriod === undefined) {
      const sagas = [...waiting]
      const { runtime, settleAfter } = this.#options
      this.#cancelPeriod = runtime.after(settleAfter, () => void this.#endPeriod(sagas))
    } else if (this.#delivered.size >= DEFAULTS.settlements) {
      this.#cancelPeriod()
      void this.#endPeriod([...waiting].slice(0, DEFAULTS.settlements / 2))
    }
  }

  #keep(sagaId: SagaId, left: AcceptedCommand[]): void {
    if (left.length === 0) this.#delivered.delete(sagaId)
    else this.#delivered.set(sagaId, left)
  }

  async #endPeriod(sagas: readonly SagaId[]): Promise<void> {
    this.#cancelPeriod = undefined
    this.#isWriting = true
    await this.#writeAll(sagas)
    this.#isWriting = false
    if (this.#delivered.size > 0) this.#flushLater()
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
    await Promise.all(Array.from({ length: Math.min(this.#options.atOnce, sagas.length) }, worker))
  }

  #write(sagaId: SagaId, deadline: number = Number.POSITIVE_INFINITY): Promise<void> {
    const { ledger, mailbox, runtime } = this.#options
    return mailbox.run(sagaId, async () => {
      let settled: readonly CommandId[] | undefined
      const settle = (saga: Saga) => {
        const entry = this.entryOf(saga)
        settled = entry?.settled
        return entry
      }
      const written = await ledger.amend(sagaId, settle, Math.min(deadline, runtime.monotonic() + DEFAULTS.deadline))
      if (written !== undefined) this.settled(written, settled)
      else if (settled === undefined) this.#delivered.delete(sagaId) // none of them is owed any more
    })
  }
}
