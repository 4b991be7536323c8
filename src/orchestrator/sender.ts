import { DEFAULTS } from '../defaults.ts'
import { commandOf } from '../engine/evolve.ts'
import type { Attempt, Debt, Duration, Instant, Saga, SagaId, Step } from '../engine/saga.ts'
import type { Loaded } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Channel } from '../ports/channel.ts'
import type { Settlements } from './settlements.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Ledger } from './ledger.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { Relay } from './relay.ts'
import { UNLIMITED } from './channel-capacity.ts'
import type { Capacity } from './channel-capacity.ts'

export interface SenderOptions {
  readonly ledger: Ledger
  readonly relay: Relay
  readonly settlements: Settlements
  readonly runtime: Runtime
  readonly channels: ReadonlyMap<string, Channel>
  /** Whether somebody else may hold a lease on what this process does not hold (P12). */
  readonly shared: boolean
  readonly leases: IdleLeases
}

/** `isHiding`: a saga is found by the earliest of its debts, so what is passed would hide one that has a channel of its own. */
interface ClaimChoice {
  readonly due: readonly Debt[]
  readonly passed: readonly Debt[]
  readonly isHiding: boolean
}

/** What became of a look at one saga. */
export interface ClaimResult {
  /** `failed`: the store did not take it, and it is to be looked at anew. */
  readonly kind: 'written' | 'left' | 'failed'
  /** Channels of what is due and was left where it is, since they have no room. */
  readonly passed: readonly string[]
}

/** Takes what a saga owes to the relay: right after its step, or later by a claim. */
export class Sender {
  readonly #options: SenderOptions
  /** No wait and no lease that anybody writes here is longer: what is due later than that was written by another clock (P23). */
  readonly longest: Duration
  /** The longest lease that a process like this one may hold. */
  readonly lease: Duration

  constructor(options: SenderOptions) {
    this.#options = options
    this.lease = Math.max(0, ...[...options.channels.values()].map(leaseOf))
    this.longest = Math.max(DEFAULTS.retryLongest, this.lease) + DEFAULTS.clockTolerance
  }

  /** Right after the save: the step's write was its writer's lease (P12). */
  dispatch(saga: Saga, step: Step): void {
    const { relay, runtime } = this.#options
    let isBehind = false
    for (const debt of step.owes) {
      isBehind ||= !this.#mayStart(saga, debt) || !this.#offer(saga, debt, {})
      if (isBehind) this.#forget(saga.id, debt)
    }
    for (const command of step.sideEffects) {
      const expires = runtime.monotonic() + DEFAULTS.leaseMargin
      relay.offer({ command, kind: 'side-effect', attempts: 0, expires })
    }
  }

  /**
   * What a claim would find no room for; nothing where it would write. For pages of what is due, most of which may have none.
   */
  passed({ saga }: Loaded, room: Pick<Capacity, 'has'>): readonly string[] | undefined {
    const now = this.#options.runtime.wallClock()
    if (this.#options.settlements.settledOf(saga) !== undefined) return undefined
    const { due, passed, isHiding } = this.#chosen(
      saga.owed,
      { has: (channel) => room.has(channel), take: () => undefined, give: () => undefined },
      (debt) => this.#isFree(debt, now, never),
    )
    return due.length > 0 || isHiding ? undefined : passed.map(({ channel }) => channel)
  }

  /**
   * Claims what is due, then sends it (P14). To be called inside the saga's mailbox, with what the store handed out; whoever
   * was slower loses the write and skips. What is due and has no room stays where it is, so that nothing is written for
   * nothing; only where it would hide what else the saga owes is it put off. `atOnce`: what is claimed whoever holds its lease,
   * as in a redelivery (P12).
   */
  async claim(
    loaded: Loaded,
    atOnce: (debt: Debt) => boolean = never,
    room: Capacity = UNLIMITED,
  ): Promise<ClaimResult> {
    const { ledger, settlements, relay, runtime } = this.#options
    const settled = settlements.settledOf(loaded.saga)
    const now = runtime.wallClock()
    const owed = loaded.saga.owed.filter(({ id }) => settled?.includes(id) !== true)
    const { due, passed, isHiding } = this.#chosen(owed, room, (debt) => this.#isFree(debt, now, atOnce))
    const channels = passed.map(({ channel }) => channel)
    if (due.length === 0 && settled === undefined && !isHiding) return { kind: 'left', passed: channels }
    const put = isHiding ? passed.map((debt) => this.#leased(debt, true)) : []
    const tried = [...due.map((debt) => this.#leased(debt, relay.isFull(debt.channel))), ...put]
    // One try: a claim of unknown fate has sent nothing, so it may be dropped, and nobody waits for it.
    const change = ledger.change(loaded.saga.id, { tried, settled })
    const committed = await ledger.commit(loaded, change, runtime.monotonic())
    if (committed.kind !== 'saved') {
      for (const { id, channel } of due) if (!relay.holds(id)) room.give(channel)
      return { kind: 'failed', passed: channels }
    }
    const { saga } = committed.loaded
    settlements.settled(saga.id, settled)
    let isBehind = false // no room: what comes after it must not start first (P13)
    for (const debt of saga.owed) {
      const before = due.find(({ id }) => id === debt.id)
      if (before === undefined || relay.holds(debt.id) || settlements.isDelivered(saga.id, debt.id)) continue
      isBehind ||= !this.#offer(saga, debt, { isRetry: before.tried === true, isRecovered: true })
      if (isBehind) this.#forget(saga.id, debt)
    }
    return { kind: 'written', passed: isHiding ? [] : channels }
  }

  /** What is to be claimed, and what is due and has no room: a first attempt that has none holds back those after it (P13). */
  #chosen(owed: readonly Debt[], room: Capacity, isFree: (debt: Debt) => boolean): ClaimChoice {
    const [due, passed, others]: [Debt[], Debt[], Debt[]] = [[], [], []]
    let isBehind = false
    for (const debt of owed) {
      if (debt.tried !== true && isBehind) continue
      // What is under way keeps the place that it has.
      const isHeld = this.#options.relay.holds(debt.id)
      if (!isFree(debt)) others.push(debt)
      else if (isHeld || room.has(debt.channel)) {
        if (!isHeld) room.take(debt.channel)
        due.push(debt)
      } else {
        passed.push(debt)
        isBehind ||= debt.tried !== true
      }
    }
    const isElsewhere = ({ channel }: Debt) => passed.every((one) => one.channel !== channel)
    return { due, passed, isHiding: passed.length > 0 && [...due, ...others].some(isElsewhere) }
  }

  /** The claim of a debt: nobody else sends it while that lasts. */
  #leased({ id, attempts, channel, since }: Debt, isIdle: boolean): Attempt {
    const { runtime, channels } = this.#options
    const now = runtime.wallClock()
    const lease = leaseOf(channels.get(channel))
    // Where it cannot even wait to be sent, coming back before long would only be one more write.
    const wait = isIdle ? Math.max(lease, Math.min(Math.abs(now - since), DEFAULTS.retryLongest)) : lease
    return { id, attempts, due: now + wait }
  }

  /** To be started early enough to have ended when the lease does (P12). */
  #offer(saga: Saga, debt: Debt, { isRetry, isRecovered }: Pick<OutgoingCommand, 'isRetry' | 'isRecovered'>): boolean {
    const { relay, runtime, channels, leases } = this.#options
    const timeout = channels.get(debt.channel)?.timeout ?? 0
    const expires = runtime.monotonic() + (debt.due - runtime.wallClock()) - timeout
    const isTaken = relay.offer({
      command: commandOf(saga, debt),
      kind: 'command',
      attempts: debt.attempts,
      isRetry,
      isRecovered,
      expires,
      due: debt.due,
    })
    if (isTaken) leases.drop(debt.id)
    return isTaken
  }

  /** Whether this process holds its lease and does nothing about it. */
  hasForgotten(debt: Debt): boolean {
    return this.#options.leases.hasForgotten(debt)
  }

  #forget(sagaId: SagaId, { id, channel, due }: Debt): void {
    this.#options.leases.forget({ id, sagaId, channel, due })
  }

  /** Its time has come, by whatever clock; or nobody ever began with it, and who but this process could have (P12, P23). */
  #isFree(debt: Debt, now: Instant, atOnce: (debt: Debt) => boolean): boolean {
    const { relay, shared } = this.#options
    const isOurs = !shared && debt.tried === undefined
    return debt.due <= now || debt.due > now + this.longest || ((isOurs || atOnce(debt)) && !relay.holds(debt.id))
  }

  /**
   * The order of first attempts (P13): not before an earlier command that this process had to forget (P16). One that somebody
   * else holds counts as started: to wait for the end of the lease would cost every saga that changes its process that long.
   */
  #mayStart(saga: Saga, debt: Debt): boolean {
    const { relay, settlements, shared, runtime, leases } = this.#options
    for (const earlier of saga.owed) {
      if (earlier.id === debt.id) return true
      const started = earlier.tried === true || relay.holds(earlier.id) || settlements.isDelivered(saga.id, earlier.id)
      const isHeld = shared && !leases.hasForgotten(earlier) && earlier.due > runtime.wallClock()
      if (!started && !isHeld) return false
    }
    return true
  }
}

const never = (): boolean => false

/** The relay dropped a command before its send began: this process still holds the lease, so that it need not be waited for (P13). */
export function forgetDropped(leases: IdleLeases, { command, kind, due }: OutgoingCommand): void {
  const { id, sagaId, channel } = command
  if (kind === 'command' && due !== undefined) leases.forget({ id, sagaId, channel, due })
}

/** How long a sender holds a command alone (P12). Without its channel nobody can send it: look again in a minute. */
export function leaseOf(channel: Channel | undefined): Instant {
  return channel === undefined ? DEFAULTS.retryLongest : channel.timeout + DEFAULTS.leaseMargin
}
