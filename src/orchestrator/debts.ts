import type { Command, CommandId, Instant, Saga, SagaId } from '../engine/saga.ts'
import type { Sent } from '../ports/channel.ts'
import type { Runtime } from '../ports/runtime.ts'
import { DEFAULTS } from '../defaults.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import type { Entry, Ledger } from './ledger.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Mailbox } from './mailbox.ts'
import { retryWait } from './backoff.ts'
import type { OutgoingCommand } from './relay.ts'

export interface DebtsOptions {
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly runtime: Runtime
  /** Milliseconds that a settlement waits for another write to carry it; 0 where the host may vanish when idle (P19). */
  readonly settleAfter: number
  /** Called with the instant at which a debt of this saga is to be tried again. */
  readonly retryAt: (due: Instant, id: SagaId) => void
  /** Where what has no answer waits until its participant has one again. */
  readonly leases: IdleLeases
  readonly incidents: Incidents
}

/**
 * What became of the commands this process sent, on its way into the store. A delivered command is settled by the saga's
 * next write, whatever that is, or by one of its own when none comes within seconds.
 */
export class Debts {
  readonly #options: DebtsOptions
  readonly #delivered = new Map<SagaId, CommandId[]>()
  #flushing = false

  constructor(options: DebtsOptions) {
    this.#options = options
  }

  /** What the relay hears back about a command (P14, P15). */
  async concluded({ command, attempts, kind }: OutgoingCommand, sent: Sent): Promise<void> {
    if (kind === 'side-effect') return this.#lost(command, sent)
    this.#tell(command, sent)
    if (sent.kind !== 'unreachable') this.#options.leases.release(command.channel)
    if (sent.kind === 'delivered') return this.#settleSoon(command.sagaId, command.id)
    await this.#postpone(command, attempts, sent.kind === 'rejected')
  }

  /** What a participant does to all its commands is told once, and once when it is over. */
  #tell({ id, channel }: Command, sent: Sent): void {
    const { incidents } = this.#options
    const group = `channel ${channel}`
    switch (sent.kind) {
      case 'delivered':
        return incidents.succeeded(group, 'command.delivered', { channel })
      case 'rejected': {
        const { status } = sent
        const fields = { command: id, channel, status }
        return incidents.report({ code: 'command.rejected', group, kind: `status ${status}`, fields })
      }
      case 'unreachable': {
        const { why } = sent
        const fields = { command: id, channel, why }
        return incidents.report({ code: 'command.unreachable', group, kind: kindOfReason(why), fields })
      }
    }
  }

  /** Debts of this saga that are known to be delivered and not yet written so. */
  settledOf(saga: Saga): readonly CommandId[] | undefined {
    const delivered = this.#delivered.get(saga.id)
    if (delivered === undefined) return undefined
    const settled = saga.owed.filter(({ id }) => delivered.includes(id)).map(({ id }) => id)
    return settled.length === 0 ? undefined : settled
  }

  isDelivered(sagaId: SagaId, id: CommandId): boolean {
    return this.#delivered.get(sagaId)?.includes(id) ?? false
  }

  /** The store has it now. */
  settled(sagaId: SagaId, ids: readonly CommandId[] | undefined): void {
    const delivered = ids && this.#delivered.get(sagaId)
    if (ids === undefined || delivered === undefined) return
    const left = delivered.filter((id) => !ids.includes(id))
    if (left.length === 0) this.#delivered.delete(sagaId)
    else this.#delivered.set(sagaId, left)
  }

  /**
   * Writes every settlement that still waits, until `deadline` (monotonic); what the store does not take by then is sent once
   * more some day, with the same key.
   */
  async flush(deadline: number): Promise<void> {
    await this.#writeAll([...this.#delivered.keys()], deadline)
  }

  #settleSoon(sagaId: SagaId, id: CommandId): Promise<void> | void {
    const delivered = this.#delivered.get(sagaId)
    if (delivered === undefined) this.#delivered.set(sagaId, [id])
    else delivered.push(id)
    if (this.#options.settleAfter === 0) return this.#write(sagaId)
    this.#flushLater()
  }

  /**
   * Two generations: what is delivered now is written at the end of the next period, unless a step carried it before. One
   * timer serves all sagas.
   */
  #flushLater(): void {
    if (this.#flushing) return
    this.#flushing = true
    const waiting = [...this.#delivered.keys()]
    this.#options.runtime.after(this.#options.settleAfter, () => {
      void this.#writeAll(waiting).then(() => {
        this.#flushing = false
        if (this.#delivered.size > 0) this.#flushLater()
      })
    })
  }

  /** A few at a time, the next ones as they end: requests come first. What fails now is tried again at the next flush. */
  async #writeAll(sagas: readonly SagaId[], deadline: number = Number.POSITIVE_INFINITY): Promise<void> {
    const { runtime } = this.#options
    const left = sagas.values()
    const lane = async () => {
      for (const id of left) {
        await this.#write(id, deadline).catch(() => undefined)
        if (runtime.monotonic() >= deadline) return
      }
    }
    await Promise.all(Array.from({ length: Math.min(DEFAULTS.settleAtOnce, sagas.length) }, lane))
  }

  #write(sagaId: SagaId, deadline?: number): Promise<void> {
    return this.#options.mailbox.run(sagaId, async () => {
      let settled: readonly CommandId[] | undefined
      const written = await this.#amend(
        sagaId,
        (saga) => {
          settled = this.settledOf(saga)
          return settled && { settled }
        },
        deadline,
      )
      if (written !== undefined) this.settled(sagaId, settled)
      else if (settled === undefined) this.#delivered.delete(sagaId) // none of them is owed any more
    })
  }

  /** Still owed: a new `due`, and one more attempt if there was an answer (P15); only if nobody counted in between (P14). */
  async #postpone({ sagaId, id, channel }: Command, attempts: number, answered: boolean): Promise<void> {
    const { mailbox, runtime, leases, retryAt } = this.#options
    let due: Instant | undefined
    await mailbox.run(sagaId, () =>
      this.#amend(sagaId, (saga) => {
        const debt = saga.owed.find((owed) => owed.id === id)
        if (debt === undefined || debt.attempts !== attempts) return undefined
        const now = runtime.wallClock()
        // A clock that was set since makes an age of any sign (P23).
        due = now + retryWait(Math.abs(now - debt.since), RETRY, runtime.random())
        return {
          tried: [{ id, attempts: attempts + (answered ? 1 : 0), due, started: true }],
          settled: this.settledOf(saga),
        }
      }),
    )
    if (due === undefined) return
    if (!answered) leases.postpone({ id, sagaId, channel, due })
    retryAt(due, sagaId)
  }

  #amend(
    sagaId: SagaId,
    look: (saga: Saga) => Entry | undefined,
    deadline: number = Number.POSITIVE_INFINITY,
  ): Promise<Saga | undefined> {
    const { ledger, runtime } = this.#options
    return ledger.amend(sagaId, look, Math.min(deadline, runtime.monotonic() + DEFAULTS.deadline))
  }

  /** Tried once, never owed: a side effect that failed is logged and counted, that is all (P5). */
  #lost({ id, channel }: Command, sent: Sent): void {
    const { incidents } = this.#options
    const group = `side effects ${channel}`
    if (sent.kind === 'delivered') return incidents.succeeded(group, 'side-effect.delivered', { channel })
    const why = sent.kind === 'rejected' ? `status ${sent.status}` : sent.why
    const kind = sent.kind === 'rejected' ? why : kindOfReason(why)
    incidents.report({ code: 'side-effect.rejected', group, kind, fields: { command: id, channel, why } })
  }
}

const RETRY = { first: DEFAULTS.retryFirst, longest: DEFAULTS.retryLongest }
