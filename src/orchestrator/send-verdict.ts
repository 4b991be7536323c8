import { DEFAULTS } from '../defaults.ts'
import { deadCommand } from '../engine/evolve.ts'
import type { Command, DeadCommand, Debt, Instant, Saga, SagaId } from '../engine/saga.ts'
import { isUnreadableSaga } from '../errors.ts'
import type { Channel, Rejected, Sent, Unreachable } from '../ports/channel.ts'
import { answerClass } from '../ports/metrics.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import type { Mailbox } from './mailbox.ts'
import { backoff, retryWait } from './backoff.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { SagaLog } from './saga-log.ts'
import type { Settlements } from './settlements.ts'
import type { GivenUp } from './turn.ts'

/** Options of `SendVerdict`. */
export interface SendVerdictOptions {
  readonly ledger: Ledger
  readonly mailbox: Mailbox
  readonly settlements: Settlements
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Called with the instant at which a debt of this saga is to be tried again. */
  readonly retryAt: (due: Instant, id: SagaId) => void
  /** Remembers commands without an answer until their participant answers again. */
  readonly leases: IdleLeases
  readonly incidents: Incidents
  /** Present where the level `debug` is written. */
  readonly sagaLog?: SagaLog | undefined
}

/** Decides what the end of a send means for its command: settled, owed until a later instant, or given up (P14, P15). */
export class SendVerdict {
  readonly #options: SendVerdictOptions

  constructor(options: SendVerdictOptions) {
    this.#options = options
  }

  /** Called by the relay once for each send that has ended. */
  async concluded({ command, attempts, kind }: OutgoingCommand, sent: Sent): Promise<GivenUp | void> {
    if (kind === 'side-effect') return this.#sideEffect(command, sent)
    const { settlements, leases, incidents, metrics } = this.#options
    const { id, sagaId, channel } = command
    if (sent.kind !== 'unreachable') leases.release(channel)
    if (sent.kind === 'delivered') {
      this.#options.sagaLog?.delivered(command, attempts)
      incidents.succeeded(`channel ${channel}`, 'command.delivered', { channel })
      return settlements.delivered(sagaId, id)
    }
    if (!this.#isLast(channel, attempts, sent)) {
      metrics.retried(channel, answerClass(sent.kind === 'rejected' ? sent.status : undefined))
      this.#tell(command, sent)
      return this.#postpone(command, attempts, sent)
    }
    if (!(await this.#giveUp(command, attempts, sent))) return this.#tell(command, sent)
    metrics.count('command-given-up')
    const why = reasonOf(sent)
    const group = `dead letters ${channel}`
    incidents.report({
      code: 'command.given-up',
      group,
      kind: kindOfReason(why),
      fields: { command: id, channel, why },
    })
    return GIVEN_UP
  }

  /** A trouble that all commands of a channel share is logged once, and once more when it is over. */
  #tell({ id, channel }: Command, sent: Failed): void {
    const { incidents } = this.#options
    const group = `channel ${channel}`
    if (sent.kind === 'rejected') {
      const { status } = sent
      const fields = { command: id, channel, status }
      return incidents.report({ code: 'command.rejected', group, kind: `status ${status}`, fields })
    }
    const { why } = sent
    const fields = { command: id, channel, why }
    incidents.report({ code: 'command.unreachable', group, kind: kindOfReason(why), fields })
  }

  /** An answer is counted. Silence is not, except where the channel sends once, whatever comes of it (P15). */
  #isLast(channel: string, attempts: number, { kind }: Failed): boolean {
    const most = this.#options.channels.get(channel)?.attempts
    return most !== undefined && (most === 1 || (kind === 'rejected' && attempts + 1 >= most))
  }

  /** The command stays owed with a new `due`; an answer counts as an attempt (P15), unless another send was counted before (P14). */
  async #postpone({ sagaId, id, channel }: Command, attempts: number, sent: Failed): Promise<void> {
    const { runtime, leases, retryAt } = this.#options
    const isAnswered = sent.kind === 'rejected'
    let due: Instant | undefined
    await this.#amend(sagaId, { id, attempts }, (_, debt) => {
      const now = runtime.wallClock()
      // A clock that was set since makes an age of any sign (P23).
      due = now + retryWait(Math.abs(now - debt.since), RETRY, runtime.random())
      return { tried: [{ id, attempts: attempts + (isAnswered ? 1 : 0), due, started: true }] }
    })
    if (due === undefined) return
    if (!isAnswered) leases.postpone({ id, sagaId, channel, due })
    retryAt(due, sagaId)
  }

  /**
   * The command becomes a dead letter. A write that fails is tried again for a while: the end of the send is known here alone, and
   * without the dead letter the command would be sent again. Resolves with false where it was not saved even so, or another
   * process was first.
   */
  async #giveUp(command: Command, attempts: number, sent: Failed): Promise<boolean> {
    const { runtime } = this.#options
    const until = runtime.monotonic() + DEFAULTS.giveUp
    const answers = attempts + (sent.kind === 'rejected' ? 1 : 0)
    const end = { why: reasonOf(sent).slice(0, LONGEST_WHY), since: runtime.wallClock(), attempts: answers }
    for (let attempt = 0; ; attempt++) {
      const isLast = runtime.monotonic() >= until
      const result = await this.#bury(command, attempts, end).catch((thrown: unknown) => {
        if (isLast || isUnreadableSaga(thrown)) throw thrown
        return 'not-saved' as const
      })
      if (result !== 'not-saved' || isLast) return result === 'saved'
      await backoff(runtime, attempt)
    }
  }

  async #bury({ sagaId, id }: Command, attempts: number, end: End): Promise<'saved' | 'not-saved' | 'not-owed'> {
    let isOwed = false
    const saved = await this.#amend(sagaId, { id, attempts }, (saga, debt) => {
      isOwed = true
      return { dead: [deadCommand(saga, debt, end)] }
    })
    if (saved !== undefined) return 'saved'
    return isOwed ? 'not-saved' : 'not-owed'
  }

  /** Writes an entry about a debt that is still owed with the same attempts (P14), together with settlements. */
  #amend(
    sagaId: SagaId,
    { id, attempts }: Pick<Debt, 'id' | 'attempts'>,
    entryOf: (saga: Saga, debt: Debt) => LedgerEntry,
  ): Promise<Saga | undefined> {
    const { ledger, mailbox, settlements, runtime } = this.#options
    const look = (saga: Saga): LedgerEntry | undefined => {
      const debt = saga.owed.find((owed) => owed.id === id && owed.attempts === attempts)
      return debt && { ...entryOf(saga, debt), settled: settlements.settledOf(saga) }
    }
    return mailbox.run(sagaId, () => ledger.amend(sagaId, look, runtime.monotonic() + DEFAULTS.deadline))
  }

  /** A side effect is tried once and never owed: a failure is logged and counted (P5). */
  #sideEffect({ id, channel }: Command, sent: Sent): void {
    const { incidents } = this.#options
    const group = `side effects ${channel}`
    if (sent.kind === 'delivered') return incidents.succeeded(group, 'side-effect.delivered', { channel })
    const why = reasonOf(sent)
    const kind = sent.kind === 'rejected' ? why : kindOfReason(why)
    incidents.report({ code: 'side-effect.rejected', group, kind, fields: { command: id, channel, why } })
  }
}

/** Characters of a reason that is stored. */
const LONGEST_WHY = 500
const GIVEN_UP: GivenUp = Object.freeze({ kind: 'given-up' })

/** An outcome without success. */
type Failed = Rejected | Unreachable
/** The end of a command that is given up. */
type End = Pick<DeadCommand, 'why' | 'since' | 'attempts'>

function reasonOf(sent: Failed): string {
  return sent.kind === 'rejected' ? `status ${sent.status}` : sent.why
}

const RETRY = { first: DEFAULTS.retryFirst, longest: DEFAULTS.retryLongest }
