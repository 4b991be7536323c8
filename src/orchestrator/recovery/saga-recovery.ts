import { DEFAULTS } from '../../defaults.ts'
import type { Debt, Duration, Instant, Saga, SagaId } from '../../engine/saga.ts'
import { isUnreadableSaga } from '../../errors.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Capacity, ChannelCapacity } from '../sending/channel-capacity.ts'
import type { IdleLease, IdleLeases } from '../sending/idle-leases.ts'
import { channelOf } from '../sending/lane.ts'
import type { Lane } from '../sending/lane.ts'
import type { Ledger } from '../events/ledger.ts'
import type { Mailbox } from '../mailbox.ts'
import type { ClaimResult } from '../sending/claims.ts'
import type { DueWork } from './due-work.ts'

/** Options of `SagaRecovery`. */
export interface SagaRecoveryOptions {
  readonly ledger: Pick<Ledger, 'recall' | 'read'>
  readonly mailbox: Mailbox
  readonly work: Pick<DueWork, 'claim' | 'passed'>
  readonly leases: IdleLeases
  readonly capacity: ChannelCapacity
  /** Capacity of a visit by an alarm. */
  readonly ofAlarm: Capacity
  readonly runtime: Pick<Runtime, 'wallClock'>
}

/** The end of a visit by an alarm. */
export interface Woken {
  /** Milliseconds after which another look is worth it, where something is due. */
  readonly again: Duration
  /** Commands wait for the end of a pause, which may come before they are due. */
  readonly isPaused: boolean
}

/** Idle leases of one lane. */
interface IdleLane {
  readonly lane: Lane
  readonly idle: readonly IdleLease[]
}

/** Sagas that are visited again; beyond that, the next full scan finds them. */
const MOST_VISITS = 10_000
/** Visits of one run: what is left comes with the next one. */
const VISITS_AT_ONCE = 1_000
const NONE: readonly never[] = Object.freeze([])
const SOON: Woken = Object.freeze({ again: DEFAULTS.sweep, isPaused: false })
const BUSY: ClaimResult = { kind: 'left', passed: [] }
const FAILED: ClaimResult = Object.freeze({ kind: 'failed', passed: [] })
const AT_ONCE = Number.NEGATIVE_INFINITY

/** The claim of a saga in whose mailbox other work runs: it follows that work, and the result is not waited for. */
export function isBusy(claim: ClaimResult): boolean {
  return claim === BUSY
}

/**
 * Recovers single sagas, each in its own mailbox: everything of a saga that is due (`DueWork`). The sweep, a saga's alarm and the
 * idle leases of this process all come through here.
 */
export class SagaRecovery {
  readonly #options: SagaRecoveryOptions
  readonly #underWay = new Set<SagaId>()
  /** Sagas that the store's order does not show (again) at this instant: a claim failed, or a debt is hidden. */
  readonly #visits = new Map<SagaId, Instant>()

  readonly #hasForgotten = (debt: Debt): boolean => this.#options.leases.hasForgotten(debt)

  constructor(options: SagaRecoveryOptions) {
    this.#options = options
  }

  /**
   * Claims what has capacity. A saga in whose mailbox other work runs follows that work, without waiting for it here: others are
   * due too (I5).
   */
  async recover(loaded: Loaded, atOnce?: (debt: Debt) => boolean): Promise<ClaimResult> {
    const { mailbox, work, capacity } = this.#options
    const { id } = loaded.saga
    if (this.#underWay.has(id)) return BUSY
    const wasBusy = mailbox.isBusy(id)
    this.#underWay.add(id)
    const claiming = mailbox
      .run(id, () => work.claim(loaded, atOnce, capacity))
      .catch(() => FAILED)
      .then((claim) => this.#claimed(loaded.saga, claim, wasBusy))
    return wasBusy ? BUSY : claiming
  }

  /** Lanes without capacity for the due debts of this saga; `undefined` where `recover` would write. Spares most claims of a backlog. */
  skippedOf(loaded: Loaded): readonly Lane[] | undefined {
    const { work, capacity } = this.#options
    const skipped = work.passed(loaded, capacity)
    if (skipped !== undefined) this.#visitHidden(loaded.saga)
    return skipped
  }

  /**
   * Does everything of one saga that is due, unless its channel is paused: for hosts whose alarm belongs to the saga (P19). Returns
   * when something due that could not be done is worth another look.
   */
  wake(id: SagaId, onRead: (saga: Saga) => void): Promise<Woken> {
    const { ledger, mailbox, work, ofAlarm, runtime } = this.#options
    return mailbox.run(id, async () => {
      const loaded = await ledger.read(id)
      if (loaded === undefined) return SOON
      onRead(loaded.saga)
      const { kind, passed } = await work.claim(loaded, undefined, ofAlarm)
      if (kind !== 'left') return SOON
      // Without a write a deadline stays due: its saga waits for another machine, or for an operator. Its commands do not.
      const now = runtime.wallClock()
      const next = untilNext(loaded.saga, now)
      if (passed.length === 0) return { again: next, isPaused: false }
      return { again: Math.min(next, untilPauseLook(loaded.saga, now)), isPaused: true }
    })
  }

  /** Claims again: the sagas whose visit is due, and the idle leases whose channel has capacity. */
  async retry(): Promise<void> {
    const { capacity, runtime } = this.#options
    const now = runtime.wallClock()
    const due = [...this.#visits].filter(([, at]) => at <= now).slice(0, VISITS_AT_ONCE)
    for (const [id] of due) this.#visits.delete(id)
    await Promise.all(due.map(([id]) => this.#visit(id)))
    capacity.renew()
    await Promise.all(this.#idle().map((idle) => this.#retryIdle(idle)))
    capacity.renew()
  }

  /** The oldest idle leases of each lane, no more of a channel than it has capacity for: there may be a lane for every saga. */
  #idle(): readonly IdleLane[] {
    const { leases, capacity } = this.#options
    const [found, left]: [IdleLane[], Map<string, number>] = [[], new Map()]
    for (const lane of leases.ready()) {
      const channel = channelOf(lane)
      const most = left.get(channel) ?? capacity.left(channel)
      const idle = most === 0 ? NONE : leases.oldest(lane, Math.min(most, capacity.left(lane)))
      left.set(channel, most - idle.length)
      if (idle.length > 0) found.push({ lane, idle })
    }
    return found
  }

  #claimed(saga: Saga, claim: ClaimResult, wasBusy: boolean): ClaimResult {
    this.#underWay.delete(saga.id)
    // The scan did not wait for a busy saga, so it does not know the channels that had no capacity.
    const isLost = claim.kind === 'failed' || (wasBusy && claim.passed.length > 0)
    if (isLost) this.#visitAt(saga.id, AT_ONCE)
    else if (claim.kind === 'written') this.#visitHidden(saga, DEFAULTS.sweep)
    else this.#visitHidden(saga)
    return claim
  }

  /**
   * The store finds a saga by the earliest thing that is due. Something that is due and has to wait (a command without capacity, a
   * deadline, a parked event, the mark of a file that was opened) hides everything of the saga that comes due later: the saga is
   * visited at that instant, or after `soon` ms where that is earlier.
   */
  #visitHidden(before: Saga, soon: number = Number.POSITIVE_INFINITY): void {
    const saga = this.#options.ledger.recall(before.id)?.saga ?? before
    const { id, owed, timer, parked, hold, due } = saga
    if (hold !== undefined || (timer === undefined && parked.length === 0 && owed.length < 2)) return
    const now = this.#options.runtime.wallClock()
    if (due === undefined || due > now) return
    const next = instantsOf(saga).filter((at) => at > now)
    if (owed.length + next.length > 0) this.#visitAt(id, Math.min(now + soon, ...next))
  }

  #visitAt(id: SagaId, at: Instant): void {
    const isKnown = this.#visits.has(id)
    if (at < Number.POSITIVE_INFINITY && (isKnown || this.#visits.size < MOST_VISITS)) this.#visits.set(id, at)
  }

  async #visit(id: SagaId): Promise<void> {
    try {
      const loaded = await this.#read(id)
      if (loaded !== undefined) await this.recover(loaded, this.#hasForgotten)
    } catch (thrown) {
      this.#visitAt(id, AT_ONCE)
      throw thrown
    }
  }

  /** While the lease lasts and no other process has claimed the command, the head that this process wrote is still the newest. */
  async #retryIdle({ lane, idle }: IdleLane): Promise<void> {
    const { ledger, leases } = this.#options
    const sagas = new Set(idle.map(({ sagaId }) => sagaId))
    const claims = new Map<SagaId, ClaimResult>()
    const retry = async (id: SagaId) => {
      if (this.#visits.get(id) === AT_ONCE) return claims.set(id, FAILED) // it has failed in this look
      const loaded = ledger.recall(id) ?? (await this.#read(id))
      return loaded === undefined ? undefined : claims.set(id, await this.recover(loaded, this.#hasForgotten))
    }
    await Promise.all([...sagas].map(retry))
    for (const lease of idle) {
      const claim = claims.get(lease.sagaId)
      if (claim === undefined) leases.dropIf(lease)
      else if (claim.kind === 'failed') leases.putLast(lease)
      else if (claim !== BUSY && !claim.passed.includes(lane)) leases.rest(lease)
    }
  }

  /** `undefined` also for a saga that cannot be read: the store has reported it, and it must not hold up others (P20). */
  async #read(id: SagaId): Promise<Loaded | undefined> {
    try {
      return await this.#options.ledger.read(id)
    } catch (thrown) {
      if (isUnreadableSaga(thrown)) return undefined
      throw thrown
    }
  }
}

/** Everything of a saga that comes due. */
function instantsOf({ owed, timer, parked }: Saga): readonly Instant[] {
  const offers = parked.flatMap(({ due, expires }) => (due === undefined ? [expires] : [due, expires]))
  return [...owed.map(({ due }) => due), ...offers, ...(timer === undefined ? [] : [timer.deadline])]
}

/** Milliseconds until something more of the saga comes due, at most the longest backoff. */
function untilNext(saga: Saga, now: Instant): Duration {
  const waits = instantsOf(saga).filter((at) => at > now)
  return Math.min(DEFAULTS.retryLongest, ...waits.map((at) => at - now))
}

/** Milliseconds until a saga whose channel is paused looks again: no more often than it has waited, as in a backoff (P28). */
function untilPauseLook({ owed }: Saga, now: Instant): Duration {
  const waited = now - Math.min(now, ...owed.map(({ since }) => since))
  return Math.min(DEFAULTS.retryLongest, Math.max(DEFAULTS.pausedLook, waited))
}
