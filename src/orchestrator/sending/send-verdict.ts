import { DEFAULTS } from '../../defaults.ts'
import { deadCommand } from '../../engine/evolve.ts'
import type { Command, DeadCommand, Debt, Instant, Saga, SagaId, SendReport } from '../../engine/saga.ts'
import { isUnreadableSaga } from '../../errors.ts'
import type { Channel, Delivered, Rejected, Sent, Unreachable } from '../../ports/channel.ts'
import { answerClass } from '../../ports/metric-labels.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Ledger, LedgerEntry } from '../events/ledger.ts'
import type { Mailbox } from '../mailbox.ts'
import { backoff } from '../backoff.ts'
import { LONGEST_WHY, reportGivenUp, whyGivenUp } from './given-up.ts'
import { kindOfReason } from '../incidents.ts'
import type { Incidents } from '../incidents.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { SagaLog } from '../observability/saga-log.ts'
import { countedFrom, endOf, isOver, nextSendOf } from './send-rules.ts'
import type { EndedSend } from './send-rules.ts'
import type { Settlements } from './settlements.ts'
import type { GivenUp } from '../events/turn.ts'

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

  /** Called by the relay once for each send that has ended. Resolves with the fate of the command where it is not that of the send. */
  async concluded(outgoing: OutgoingCommand, sent: Sent): Promise<Delivered | GivenUp | void> {
    const { command, kind } = outgoing
    if (kind === 'side-effect') return this.#sideEffect(command, sent)
    const { channels, settlements, leases, incidents } = this.#options
    const { id, sagaId, channel } = command
    if (sent.kind !== 'unreachable') leases.release(channel)
    if (sent.kind === 'delivered') {
      this.#options.sagaLog?.delivered(command, outgoing.attempts)
      const { label } = command
      const accepted = { channel, saga: sagaId, label, command: id, attempt: outgoing.attempts + 1 }
      incidents.succeeded(`channel ${channel}`, 'command.delivered', accepted)
      return settlements.delivered(outgoing)
    }
    const end = endOf(this.#endedSend(outgoing, sent), channels.get(channel)?.retry)
    if (end === 'delivered') return this.#settle(outgoing, sent)
    if (end === 'again') return this.#postpone(outgoing, sent)
    return (await this.#giveUp(outgoing, sent)) ? GIVEN_UP : this.#tell(outgoing, sent)
  }

  #endedSend({ attempts, since, isRetry, isRepeat }: OutgoingCommand, sent: Sent): EndedSend {
    const now = this.#options.runtime.wallClock()
    return { sent, attempts, since: since ?? now, now, isRepeat: isRetry === true || isRepeat === true || attempts > 0 }
  }

  /** The participant refuses a repeat because it has acted before: the command has arrived. */
  async #settle(outgoing: OutgoingCommand, sent: Failed): Promise<Delivered> {
    const { id, sagaId, channel, label } = outgoing.command
    const { settlements, incidents } = this.#options
    const why = reasonOf(sent)
    const fields = { saga: sagaId, label, command: id, channel, why }
    incidents.report({ code: 'command.settled', group: `settled ${channel}`, kind: why, fields })
    await settlements.delivered(outgoing)
    return DELIVERED
  }

  /** A trouble that all commands of a channel share is logged once, and once more when it is over. */
  #tell({ command, attempts, sends = 0 }: OutgoingCommand, sent: Failed, due?: Instant): void {
    const { incidents } = this.#options
    const { id, sagaId, label, channel } = command
    const group = `channel ${channel}`
    const which = { saga: sagaId, label, command: id, channel, attempt: Math.max(attempts, sends) + 1 }
    const next = due === undefined ? {} : { nextTry: new Date(due).toISOString() }
    if (sent.kind === 'rejected') {
      const { status, answer } = sent
      const fields = {
        ...which,
        status,
        ...(answer !== undefined && { answer: answer.slice(0, LONGEST_WHY) }),
        ...next,
      }
      return incidents.report({ code: 'command.rejected', group, kind: `status ${status}`, fields })
    }
    const { why } = sent
    incidents.report({
      code: 'command.unreachable',
      group,
      kind: kindOfReason(why),
      fields: { ...which, why, ...next },
    })
  }

  /** The command stays owed with a new `due`; an answer counts as an attempt (P15), unless another send was counted before (P14). */
  async #postpone(outgoing: OutgoingCommand, sent: Failed): Promise<void> {
    const { runtime, channels, leases, metrics, retryAt } = this.#options
    const { command, attempts, lane } = outgoing
    const { sagaId, id, channel } = command
    const isAnswered = sent.kind === 'rejected'
    const retry = channels.get(channel)?.retry
    let due: Instant | undefined
    await this.#amend(outgoing, (_, debt) => {
      const now = runtime.wallClock()
      due = nextSendOf({ sent, since: outgoing.since ?? countedFrom(debt), now, chance: runtime.random() }, retry)
      const last = reportOf(sent, now)
      return { tried: [{ id, attempts: attempts + (isAnswered ? 1 : 0), due, started: true, last }] }
    }).finally(() => this.#tell(outgoing, sent, due))
    if (due === undefined) return
    metrics.retried(channel, answerClass(isAnswered ? sent.status : undefined))
    if (!isAnswered) leases.postpone({ id, sagaId, channel, due, lane })
    retryAt(due, sagaId)
  }

  /**
   * The command becomes a dead letter. A write that fails is tried again for a while: the end of the send is known here alone, and
   * without the dead letter the command would be sent again. Resolves with false where it was not saved even so, or another
   * process was first.
   */
  async #giveUp(outgoing: OutgoingCommand, sent: Failed): Promise<boolean> {
    const { command, attempts, since } = outgoing
    const { runtime, channels } = this.#options
    const now = runtime.wallClock()
    const until = runtime.monotonic() + DEFAULTS.giveUp
    const answers = attempts + (sent.kind === 'rejected' ? 1 : 0)
    const retry = channels.get(command.channel)?.retry
    const why = whyGivenUp(reasonOf(sent), isOver({ since: since ?? now, now }, retry) ? retry : undefined)
    const end = { why, since: now, attempts: answers, last: reportOf(sent, now) }
    for (let attempt = 0; ; attempt++) {
      const isLast = runtime.monotonic() >= until
      const result = await this.#bury(outgoing, end).catch((thrown: unknown) => {
        if (isLast || isUnreadableSaga(thrown)) throw thrown
        return 'not-saved' as const
      })
      if (result === 'saved') reportGivenUp(this.#options, command.sagaId, { ...command, ...end })
      if (result !== 'not-saved' || isLast) return result === 'saved'
      await backoff(runtime, attempt)
    }
  }

  async #bury(outgoing: OutgoingCommand, end: End): Promise<'saved' | 'not-saved' | 'not-owed'> {
    let isOwed = false
    const saved = await this.#amend(outgoing, (saga, debt) => {
      isOwed = true
      return { dead: [deadCommand(saga, debt, end)] }
    })
    if (saved !== undefined) return 'saved'
    return isOwed ? 'not-saved' : 'not-owed'
  }

  /** Writes an entry about a debt that is still owed, and not again, with the same attempts (P14), together with settlements. */
  #amend(
    { command: { sagaId, id }, attempts, owedSince }: OutgoingCommand,
    entryOf: (saga: Saga, debt: Debt) => LedgerEntry,
  ): Promise<Saga | undefined> {
    const { ledger, mailbox, settlements, runtime } = this.#options
    const look = (saga: Saga): LedgerEntry | undefined => {
      const isIt = ({ since }: Debt) => owedSince === undefined || since === owedSince
      const debt = saga.owed.find((owed) => owed.id === id && owed.attempts === attempts && isIt(owed))
      return debt && { ...entryOf(saga, debt), ...settlements.entryOf(saga) }
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

const GIVEN_UP: GivenUp = Object.freeze({ kind: 'given-up' })
const DELIVERED: Delivered = Object.freeze({ kind: 'delivered' })

/** An outcome without success. */
type Failed = Rejected | Unreachable
/** The end of a command that is given up. */
type End = Pick<DeadCommand, 'why' | 'since' | 'attempts' | 'last'>

function reasonOf(sent: Failed): string {
  return sent.kind === 'rejected' ? `status ${sent.status}` : sent.why
}

function reportOf(sent: Failed, at: Instant): SendReport {
  if (sent.kind === 'rejected')
    return { at, status: sent.status, ...(sent.answer !== undefined && { answer: sent.answer }) }
  return { at, answer: sent.why.slice(0, LONGEST_WHY) }
}
