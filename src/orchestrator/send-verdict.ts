import { DEFAULTS } from '../defaults.ts'
import type { Command, Instant, Saga, SagaId } from '../engine/saga.ts'
import type { Sent } from '../ports/channel.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import type { Mailbox } from './mailbox.ts'
import { retryWait } from './backoff.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { Settlements } from './settlements.ts'

/** Options of `SendVerdict`. */
export interface SendVerdictOptions {
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly settlements: Settlements
  readonly runtime: Runtime
  /** Called with the instant at which a debt of this saga is to be tried again. */
  readonly retryAt: (due: Instant, id: SagaId) => void
  /** Remembers commands without an answer until their participant answers again. */
  readonly leases: IdleLeases
  readonly incidents: Incidents
}

/** Decides what the end of a send means for its command: settled, or owed until a later instant (P14, P15). */
export class SendVerdict {
  readonly #options: SendVerdictOptions

  constructor(options: SendVerdictOptions) {
    this.#options = options
  }

  /** Called by the relay once for each send that has ended. */
  async concluded({ command, attempts, kind }: OutgoingCommand, sent: Sent): Promise<void> {
    if (kind === 'side-effect') return this.#sideEffect(command, sent)
    this.#tell(command, sent)
    if (sent.kind !== 'unreachable') this.#options.leases.release(command.channel)
    if (sent.kind === 'delivered') return this.#options.settlements.delivered(command.sagaId, command.id)
    await this.#postpone(command, attempts, sent.kind === 'rejected')
  }

  /** A trouble that all commands of a channel share is logged once, and once more when it is over. */
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

  /** The command stays owed with a new `due`; an answer counts as an attempt (P15), unless another send was counted before (P14). */
  async #postpone({ sagaId, id, channel }: Command, attempts: number, isAnswered: boolean): Promise<void> {
    const { ledger, mailbox, settlements, runtime, leases, retryAt } = this.#options
    let due: Instant | undefined
    const postpone = (saga: Saga): LedgerEntry | undefined => {
      const debt = saga.owed.find((owed) => owed.id === id)
      if (debt === undefined || debt.attempts !== attempts) return undefined
      const now = runtime.wallClock()
      // A clock that was set since makes an age of any sign (P23).
      due = now + retryWait(Math.abs(now - debt.since), RETRY, runtime.random())
      const attempt = { id, attempts: attempts + (isAnswered ? 1 : 0), due, started: true } as const
      return { tried: [attempt], settled: settlements.settledOf(saga) }
    }
    await mailbox.run(sagaId, () => ledger.amend(sagaId, postpone, runtime.monotonic() + DEFAULTS.deadline))
    if (due === undefined) return
    if (!isAnswered) leases.postpone({ id, sagaId, channel, due })
    retryAt(due, sagaId)
  }

  /** A side effect is tried once and never owed: a failure is logged and counted (P5). */
  #sideEffect({ id, channel }: Command, sent: Sent): void {
    const { incidents } = this.#options
    const group = `side effects ${channel}`
    if (sent.kind === 'delivered') return incidents.succeeded(group, 'side-effect.delivered', { channel })
    const why = sent.kind === 'rejected' ? `status ${sent.status}` : sent.why
    const kind = sent.kind === 'rejected' ? why : kindOfReason(why)
    incidents.report({ code: 'side-effect.rejected', group, kind, fields: { command: id, channel, why } })
  }
}

const RETRY = { first: DEFAULTS.retryFirst, longest: DEFAULTS.retryLongest }
