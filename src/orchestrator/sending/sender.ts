import { DEFAULTS } from '../../defaults.ts'
import { commandOf } from '../../engine/evolve.ts'
import type { Attempt, Change, Step } from '../../engine/change.ts'
import type { Command, CommandId, Debt, Duration, Instant, Saga } from '../../engine/saga.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Channel } from '../../ports/channel.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Settlements } from './settlements.ts'
import type { IdleLeases } from './idle-leases.ts'
import type { Ledger, LedgerEntry } from '../events/ledger.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { Relay } from './relay.ts'
import { UNLIMITED } from './channel-capacity.ts'
import type { Capacity } from './channel-capacity.ts'
import { chooseClaims } from './claim-choice.ts'
import { reportGivenUp } from './given-up.ts'
import type { Incidents } from '../incidents.ts'
import { laneOf } from './lane.ts'
import type { Lane } from './lane.ts'
import { overdueLetters, overdueOf } from './overdue.ts'
import { countedFrom, longestWaitOf } from './send-rules.ts'

/** Options of `Sender`. */
export interface SenderOptions {
  readonly ledger: Ledger
  readonly relay: Relay
  readonly settlements: Settlements
  readonly runtime: Runtime
  readonly channels: ReadonlyMap<string, Channel>
  /** True if another process may hold a lease (P12). */
  readonly shared: boolean
  readonly leases: IdleLeases
  readonly metrics: Metrics
  readonly incidents: Incidents
}

/** Result of a claim on one saga. */
export interface ClaimResult {
  /** `written`: claimed or settled. `left`: nothing to write. `failed`: the write was not saved, and the saga must be read anew. */
  readonly kind: 'written' | 'left' | 'failed'
  /** Lanes of due debts that were left because they have no capacity. */
  readonly passed: readonly Lane[]
  /** Commands that this write has made dead letters without a further send (P15); absent without any. */
  readonly givenUp?: readonly CommandId[] | undefined
}

/** Options of a claim that carries an entry. */
export interface ClaimBesideOptions {
  readonly atOnce?: ((debt: Debt) => boolean) | undefined
  readonly capacity?: Capacity | undefined
}

/** Hands the commands of a saga to the relay: right after their step, or later by a claim. */
export class Sender {
  readonly #options: SenderOptions
  /** The longest backoff or lease, and the tolerance of clocks: a later `due` was written by another clock (P23). */
  readonly longest: Duration
  /** The longest lease, of all channels. */
  readonly lease: Duration

  constructor(options: SenderOptions) {
    this.#options = options
    this.lease = Math.max(0, ...[...options.channels.values()].map(leaseOf))
    const waits = [undefined, ...[...options.channels.values()].map(({ retry }) => retry)].map(longestWaitOf)
    this.longest = Math.max(this.lease, ...waits) + DEFAULTS.clockTolerance
  }

  /** Sends the commands of a step that was just saved: its write is their lease (P12). A held saga sends nothing (P26). */
  dispatch(saga: Saga, step: Step): void {
    if (saga.hold !== undefined) return
    let isBehind = false
    for (const debt of step.owes) {
      isBehind ||= !this.#mayStart(saga, debt) || !this.#offer(saga, debt, FRESH)
      if (isBehind) this.#forget(saga, debt)
    }
    this.sendOnce(saga, step.sideEffects)
  }

  /** Sends side effects, once: they are never owed (P5). */
  sendOnce(saga: Saga, sideEffects: readonly Command[]): void {
    const { relay, runtime, incidents } = this.#options
    for (const command of sideEffects) {
      const expires = runtime.monotonic() + DEFAULTS.leaseMargin
      const lane = this.#laneOf(saga, command)
      if (!relay.offer({ command, kind: 'side-effect', attempts: 0, expires, lane })) reportUnsent(incidents, command)
    }
  }

  /**
   * Lanes without capacity, where a claim would write nothing for lack of it; `undefined` where it would write. It takes no
   * capacity: a page of due sagas is looked through with it first.
   */
  passed({ saga }: Loaded, capacity: Pick<Capacity, 'has'>): readonly Lane[] | undefined {
    const { settlements, relay, runtime } = this.#options
    const now = runtime.wallClock()
    if (settlements.settledOf(saga) !== undefined || this.#overdue(saga, now).length > 0) return undefined
    const { due, passed, isHiding } = chooseClaims(sendableOf(saga), {
      capacity: { has: (lane) => capacity.has(lane), take: () => undefined },
      laneOf: (debt) => this.#laneOf(saga, debt),
      isFree: (debt) => this.#isFree(debt, now, never),
      isInFlight: ({ id }) => relay.holds(id),
    })
    return due.length > 0 || isHiding ? undefined : passed.map((debt) => this.#laneOf(saga, debt))
  }

  /**
   * Claims the due debts of a saga, then sends them (P14). To be called inside the saga's mailbox with the head that the store
   * answered: the slower of two processes loses the write and skips. A due debt without capacity is left as it is, to save the
   * write, and is put off only where it would hide another. `atOnce`: debts to claim before their lease ends, as in a
   * redelivery (P12).
   */
  claim(loaded: Loaded, atOnce?: (debt: Debt) => boolean, capacity?: Capacity): Promise<ClaimResult> {
    return this.#claim(loaded, undefined, { atOnce, capacity })
  }

  /** A claim whose write carries an entry too, such as a resend (P18): it is written in any case, and its revived debts are sent. */
  claimBeside(loaded: Loaded, entry: LedgerEntry, options: ClaimBesideOptions): Promise<ClaimResult> {
    return this.#claim(loaded, entry, options)
  }

  async #claim(
    loaded: Loaded,
    entry: LedgerEntry | undefined,
    { atOnce = never, capacity = UNLIMITED }: ClaimBesideOptions,
  ): Promise<ClaimResult> {
    const { ledger, settlements, relay, runtime, channels } = this.#options
    const settling = settlements.entryOf(loaded.saga)
    const settled = settling?.settled
    const now = runtime.wallClock()
    const overdue = this.#overdue(loaded.saga, now)
    const isLeft = (debt: Debt) => settled?.includes(debt.id) !== true && !overdue.includes(debt)
    const owed = sendableOf(loaded.saga).filter(isLeft)
    const isFree = (debt: Debt) => this.#isFree(debt, now, atOnce)
    const laneOf = (debt: Debt) => this.#laneOf(loaded.saga, debt)
    const choice = chooseClaims(owed, { capacity, laneOf, isFree, isInFlight: ({ id }) => relay.holds(id) })
    const { due, isHiding } = choice
    const passed = choice.passed.map(laneOf)
    const hasNews = settled !== undefined || overdue.length > 0 || entry !== undefined
    if (due.length === 0 && !isHiding && !hasNews) return { kind: 'left', passed }
    const putOff = isHiding ? choice.passed.map((debt) => this.#leased(debt, true)) : []
    const tried = [...due.map((debt) => this.#leased(debt, relay.isFull(laneOf(debt)))), ...putOff]
    const dead = overdueLetters(loaded.saga, overdue, { channels, now })
    // One try: a claim of unknown fate has sent nothing, so nothing depends on it.
    const change = ledger.change(loaded.saga.id, { ...entry, tried, ...settling, ...(dead !== undefined && { dead }) })
    const committed = await ledger.commit(loaded, change, runtime.monotonic())
    if (committed.kind !== 'saved') {
      for (const debt of due) if (!relay.holds(debt.id)) capacity.give(laneOf(debt))
      return { kind: 'failed', passed }
    }
    settlements.settled(committed.loaded.saga, settled)
    for (const letter of dead ?? []) reportGivenUp(this.#options, loaded.saga.id, letter)
    for (const debt of committed.loaded.saga.owed) {
      // Nobody sends it before its new lease ends, unless this process remembers that it need not wait (P14).
      if (putOff.some(({ id }) => id === debt.id)) this.#forget(committed.loaded.saga, debt)
    }
    this.#sendClaimed(committed.loaded.saga, entry?.revived === undefined ? due : [...due, ...entry.revived])
    return { kind: 'written', passed: isHiding ? [] : passed, givenUp: dead?.map(({ id }) => id) }
  }

  /**
   * The part of a change that leases commands to this process before their lease or backoff ends, at an operator's wish (P25). After
   * its save `sendLeased` sends them.
   */
  leaseNow(owed: readonly Debt[], revived: readonly Debt[]): Pick<Change, 'tried' | 'revived'> {
    const lease = (debt: Debt) => this.#leased(debt, this.#options.relay.isFull(debt.channel))
    return {
      tried: owed.length === 0 ? undefined : owed.map(lease),
      revived:
        revived.length === 0 ? undefined : revived.map((debt) => ({ ...debt, due: lease(debt).due, claimed: true })),
    }
  }

  /** Sends commands that `leaseNow` has leased; `leased`: as they were before. The rest waits for capacity in this process (P16). */
  sendLeased(saga: Saga, leased: readonly Debt[]): void {
    this.#sendClaimed(saga, leased)
  }

  /** True if a process sends the debt, or holds it to send it: a second send would act twice (P12). */
  isUnderWay(debt: Debt): boolean {
    const { relay, shared, leases, runtime } = this.#options
    if (relay.holds(debt.id)) return true
    const now = runtime.wallClock()
    const isLeased = debt.tried === undefined || debt.claimed === true
    const isHeldElsewhere = shared && isLeased && !leases.hasForgotten(debt)
    return isHeldElsewhere && debt.due > now && debt.due <= now + this.longest
  }

  /** `claimed`: as they were before the claim. */
  #sendClaimed(saga: Saga, claimed: readonly Debt[]): void {
    const { relay, settlements } = this.#options
    let isBehind = false // one that the relay did not take: later ones must not start first (P13)
    for (const debt of saga.owed) {
      const before = claimed.find(({ id }) => id === debt.id)
      if (before === undefined || relay.holds(debt.id) || settlements.isDelivered(saga.id, debt.id)) continue
      const isRepeat = !this.hasForgotten(before)
      isBehind ||= !this.#offer(saga, debt, { isRetry: before.tried === true, isRepeat, isRecovered: true })
      if (isBehind) this.#forget(saga, debt)
    }
  }

  #overdue(saga: Saga, now: Instant): readonly Debt[] {
    const { channels, relay, settlements } = this.#options
    const isIdle = (debt: Debt) =>
      this.#isFree(debt, now, never) && !relay.holds(debt.id) && !settlements.isDelivered(saga.id, debt.id)
    const silenceOf = (channel: string) => relay.silenceOf(channel)
    const isPaused = (channel: string) => relay.isPaused(channel)
    const resumedAt = (channel: string) => relay.resumedAt(channel)
    return overdueOf(sendableOf(saga), { channels, now, isIdle, isPaused, resumedAt, silenceOf })
  }

  /** A new lease for a debt. `isIdle`: it will not be sent now, so a longer lease saves writes. */
  #leased({ id, attempts, channel, since }: Debt, isIdle: boolean): Attempt {
    const { runtime, channels } = this.#options
    const now = runtime.wallClock()
    const lease = leaseOf(channels.get(channel))
    const wait = isIdle ? Math.max(lease, Math.min(Math.abs(now - since), DEFAULTS.retryLongest)) : lease
    return { id, attempts, due: now + wait }
  }

  /** Offers a debt to the relay; `false`: not taken. A send must begin so early that it ends within the lease (P12). */
  #offer(saga: Saga, debt: Debt, marks: SendMarks): boolean {
    const { relay, runtime, channels, leases } = this.#options
    const timeout = channels.get(debt.channel)?.timeout ?? 0
    const expires = runtime.monotonic() + (debt.due - runtime.wallClock()) - timeout - DEFAULTS.wordsGrace
    const isTaken = relay.offer({
      command: commandOf(saga, debt),
      kind: 'command',
      attempts: debt.attempts,
      sends: debt.sends,
      since: countedFrom(debt, relay.resumedAt(debt.channel)),
      isRetry: marks.isRetry,
      isRepeat: marks.isRepeat,
      isRecovered: marks.isRecovered,
      expires,
      due: debt.due,
      lane: this.#laneOf(saga, debt),
    })
    if (isTaken) leases.drop(debt.id)
    return isTaken
  }

  /** True if this process holds the lease of a debt that it does not send. */
  hasForgotten(debt: Debt): boolean {
    return this.#options.leases.hasForgotten(debt)
  }

  #forget(saga: Saga, debt: Debt): void {
    const { id, channel, due } = debt
    this.#options.leases.forget({ id, sagaId: saga.id, channel, due, lane: this.#laneOf(saga, debt) })
  }

  /** Limits by key look at the metadata that the saga has now. */
  #laneOf({ metadata }: Saga, { channel }: Pick<Debt, 'channel'>): Lane {
    return laneOf(this.#options.channels.get(channel), channel, metadata)
  }

  /** Due by this clock, or by none (P23); or only this process can hold its lease, and does not send it (P12). */
  #isFree(debt: Debt, now: Instant, atOnce: (debt: Debt) => boolean): boolean {
    const { relay, shared } = this.#options
    const isOurs = !shared && debt.tried === undefined
    return debt.due <= now || debt.due > now + this.longest || ((isOurs || atOnce(debt)) && !relay.holds(debt.id))
  }

  /**
   * True if all earlier commands of the saga have started (P13). One that this process had to forget has not (P16). One whose
   * lease another process holds counts as started: else a saga that moves to another process would wait for the lease to end.
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

/** Marks of a send that is not the first one. */
type SendMarks = Pick<OutgoingCommand, 'isRetry' | 'isRepeat' | 'isRecovered'>
const FRESH: SendMarks = Object.freeze({})

/** A held saga sends nothing (P26). */
function sendableOf({ owed, hold }: Saga): readonly Debt[] {
  return hold === undefined ? owed : NONE
}

const NONE: readonly never[] = Object.freeze([])

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

/** Milliseconds that a sender holds a command alone (P12). Without its channel, which saga.json may lack: one minute. */
export function leaseOf(channel: Channel | undefined): Duration {
  return channel === undefined ? DEFAULTS.retryLongest : channel.timeout + DEFAULTS.leaseMargin
}
