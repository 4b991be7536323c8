import { DEFAULTS } from '../../defaults.ts'
import { commandOf } from '../../engine/evolve.ts'
import type { Step } from '../../engine/change.ts'
import type { Command, Debt, Saga } from '../../engine/saga.ts'
import type { Channel } from '../../ports/channel.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Incidents } from '../incidents.ts'
import type { DebtLeases } from './debt-leases.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { Relay } from './relay.ts'
import { countedFrom } from './send-rules.ts'
import type { Settlements } from './settlements.ts'

/** Options of `Sender`. */
export interface SenderOptions {
  readonly relay: Relay
  readonly settlements: Settlements
  readonly runtime: Runtime
  readonly channels: ReadonlyMap<string, Channel>
  /** True if another process may hold a lease (P12). */
  readonly shared: boolean
  readonly debtLeases: DebtLeases
  readonly leases: IdleLeases
  readonly incidents: Incidents
}

/** Hands the commands of a saga to the relay: right after their step, or after the write that leased them. */
export class Sender {
  readonly #options: SenderOptions

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Sends the commands of a step that was just saved: its write is their lease (P12). A held saga sends nothing (P26). */
  dispatch(saga: Saga, step: Step): void {
    if (saga.hold !== undefined) return
    const { debtLeases } = this.#options
    let isBehind = false
    for (const debt of step.owes) {
      isBehind ||= !this.#mayStart(saga, debt) || !this.#offer(saga, debt, FRESH)
      if (isBehind) debtLeases.forget(saga, debt)
    }
    this.sendOnce(saga, step.sideEffects)
  }

  /** Sends side effects, once: they are never owed (P5). */
  sendOnce(saga: Saga, sideEffects: readonly Command[]): void {
    const { relay, runtime, incidents, debtLeases } = this.#options
    for (const command of sideEffects) {
      const expires = runtime.monotonic() + DEFAULTS.leaseMargin
      const lane = debtLeases.laneOf(saga, command)
      if (!relay.offer({ command, kind: 'side-effect', attempts: 0, expires, lane })) reportUnsent(incidents, command)
    }
  }

  /**
   * Sends commands that a write has leased to this process; `leased`: as they were before. The rest waits for capacity in this process
   * (P16).
   */
  sendLeased(saga: Saga, leased: readonly Debt[]): void {
    const { relay, settlements, debtLeases } = this.#options
    let isBehind = false // one that the relay did not take: later ones must not start first (P13)
    for (const debt of saga.owed) {
      const before = leased.find(({ id }) => id === debt.id)
      if (before === undefined || relay.holds(debt.id) || settlements.isDelivered(saga.id, debt)) continue
      const isRepeat = !debtLeases.hasForgotten(before)
      isBehind ||= !this.#offer(saga, debt, { isRetry: before.tried === true, isRepeat, isRecovered: true })
      if (isBehind) debtLeases.forget(saga, debt)
    }
  }

  /** Offers a debt to the relay; `false`: not taken. A send must begin so early that it ends within the lease (P12). */
  #offer(saga: Saga, debt: Debt, marks: SendMarks): boolean {
    const { relay, runtime, channels, leases, debtLeases } = this.#options
    const timeout = channels.get(debt.channel)?.timeout ?? 0
    const expires = runtime.monotonic() + (debt.due - runtime.wallClock()) - timeout - DEFAULTS.wordsGrace
    const isTaken = relay.offer({
      command: commandOf(saga, debt),
      kind: 'command',
      attempts: debt.attempts,
      sends: debt.sends,
      since: countedFrom(debt, relay.resumedAt(debt.channel)),
      owedSince: debt.since,
      isRetry: marks.isRetry,
      isRepeat: marks.isRepeat,
      isRecovered: marks.isRecovered,
      expires,
      due: debt.due,
      lane: debtLeases.laneOf(saga, debt),
    })
    if (isTaken) leases.drop(debt.id)
    return isTaken
  }

  /**
   * True if all earlier commands of the saga have started (P13). One that this process had to forget has not (P16). One whose
   * lease another process holds counts as started: else a saga that moves to another process would wait for the lease to end.
   */
  #mayStart(saga: Saga, debt: Debt): boolean {
    const { relay, settlements, shared, runtime, leases } = this.#options
    for (const earlier of saga.owed) {
      if (earlier.id === debt.id) return true
      const started = earlier.tried === true || relay.holds(earlier.id) || settlements.isDelivered(saga.id, earlier)
      const isHeld = shared && !leases.hasForgotten(earlier) && earlier.due > runtime.wallClock()
      if (!started && !isHeld) return false
    }
    return true
  }
}

/** Marks of a send that is not the first one. */
type SendMarks = Pick<OutgoingCommand, 'isRetry' | 'isRepeat' | 'isRecovered'>
const FRESH: SendMarks = Object.freeze({})

/**
 * The relay dropped a command before its send began. This process still holds the lease, and need not wait for its end (P13). A side
 * effect is lost (P5).
 */
export function forgetDropped(
  { leases, incidents }: Pick<SenderOptions, 'leases' | 'incidents'>,
  { command, kind, due, lane }: OutgoingCommand,
): void {
  const { id, sagaId, channel } = command
  if (kind === 'side-effect') reportUnsent(incidents, command)
  else if (due !== undefined) leases.forget({ id, sagaId, channel, due, lane })
}

/** A side effect that is not sent at all is a failure like any other (C2.1). */
function reportUnsent(incidents: Incidents, { id, channel }: Command): void {
  const fields = { command: id, channel, why: UNSENT }
  incidents.report({ code: 'side-effect.rejected', group: `side effects ${channel}`, kind: 'unsent', fields })
}

const UNSENT = 'its channel is paused, gives no answer, or has no place left, so it was not sent'
