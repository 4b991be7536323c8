import type { CommandId, Debt, Instant, Saga } from '../../engine/saga.ts'
import type { Channel } from '../../ports/channel.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { mayHaveLanded } from '../events/ledger.ts'
import type { Ledger, LedgerEntry } from '../events/ledger.ts'
import type { Incidents } from '../incidents.ts'
import { UNLIMITED } from './channel-capacity.ts'
import type { Capacity } from './channel-capacity.ts'
import { chooseClaims } from './claim-choice.ts'
import type { DebtLeases } from './debt-leases.ts'
import { reportGivenUp } from './given-up.ts'
import type { Lane } from './lane.ts'
import { overdueLetters, overdueOf } from './overdue.ts'
import type { Relay } from './relay.ts'
import type { Sender } from './sender.ts'
import type { Settlements } from './settlements.ts'

/** Options of `Claims`. */
export interface ClaimsOptions {
  readonly ledger: Ledger
  readonly relay: Relay
  readonly settlements: Settlements
  readonly sender: Sender
  readonly debtLeases: DebtLeases
  readonly runtime: Runtime
  readonly channels: ReadonlyMap<string, Channel>
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

/** Claims the due commands of a saga for this process, in one write with all else that is to be saved of it then (P14). */
export class Claims {
  readonly #options: ClaimsOptions

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  /**
   * Lanes without capacity, where a claim would write nothing for lack of it; `undefined` where it would write. It takes no
   * capacity: a page of due sagas is looked through with it first.
   */
  passed({ saga }: Loaded, capacity: Pick<Capacity, 'has'>): readonly Lane[] | undefined {
    const { settlements, relay, runtime, debtLeases } = this.#options
    const now = runtime.wallClock()
    if (settlements.settledOf(saga) !== undefined || this.#overdue(saga, now).length > 0) return undefined
    const { due, passed, isHiding } = chooseClaims(sendableOf(saga), {
      capacity: { has: (lane) => capacity.has(lane), take: () => undefined },
      laneOf: (debt) => debtLeases.laneOf(saga, debt),
      isFree: (debt) => debtLeases.isFree(debt, now, never),
      isInFlight: ({ id }) => relay.holds(id),
    })
    return due.length > 0 || isHiding ? undefined : passed.map((debt) => debtLeases.laneOf(saga, debt))
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
    const { ledger, settlements, sender, relay, runtime, channels, debtLeases } = this.#options
    const settling = settlements.entryOf(loaded.saga)
    const settled = settling?.settled
    const now = runtime.wallClock()
    const overdue = this.#overdue(loaded.saga, now)
    const isLeft = (debt: Debt) => settled?.includes(debt.id) !== true && !overdue.includes(debt)
    const owed = sendableOf(loaded.saga).filter(isLeft)
    const isFree = (debt: Debt) => debtLeases.isFree(debt, now, atOnce)
    const laneOf = (debt: Debt) => debtLeases.laneOf(loaded.saga, debt)
    const choice = chooseClaims(owed, { capacity, laneOf, isFree, isInFlight: ({ id }) => relay.holds(id) })
    const { due, isHiding } = choice
    const passed = choice.passed.map(laneOf)
    const hasNews = settled !== undefined || overdue.length > 0 || entry !== undefined
    if (due.length === 0 && !isHiding && !hasNews) return { kind: 'left', passed }
    const putOff = isHiding ? choice.passed.map((debt) => debtLeases.attempt(debt, true)) : []
    const tried = [...due.map((debt) => debtLeases.attempt(debt, relay.isFull(laneOf(debt)))), ...putOff]
    const dead = overdueLetters(loaded.saga, overdue, { channels, now })
    // One try: a claim of unknown fate has sent nothing, so nothing depends on it.
    const change = ledger.change(loaded.saga.id, { ...entry, tried, ...settling, ...(dead !== undefined && { dead }) })
    const committed = await ledger.commit(loaded, change, runtime.monotonic())
    if (mayHaveLanded(committed)) settlements.revived(loaded.saga.id, entry?.revived)
    if (committed.kind !== 'saved') {
      for (const debt of due) if (!relay.holds(debt.id)) capacity.give(laneOf(debt))
      return { kind: 'failed', passed }
    }
    settlements.settled(committed.loaded.saga, settled)
    for (const letter of dead ?? []) reportGivenUp(this.#options, loaded.saga.id, letter)
    for (const debt of committed.loaded.saga.owed) {
      // Nobody sends it before its new lease ends, unless this process remembers that it need not wait (P14).
      if (putOff.some(({ id }) => id === debt.id)) debtLeases.forget(committed.loaded.saga, debt)
    }
    sender.sendLeased(committed.loaded.saga, entry?.revived === undefined ? due : [...due, ...entry.revived])
    return { kind: 'written', passed: isHiding ? [] : passed, givenUp: dead?.map(({ id }) => id) }
  }

  #overdue(saga: Saga, now: Instant): readonly Debt[] {
    const { channels, relay, settlements, debtLeases } = this.#options
    const isIdle = (debt: Debt) =>
      debtLeases.isFree(debt, now, never) && !relay.holds(debt.id) && !settlements.isDelivered(saga.id, debt)
    const silenceOf = (channel: string) => relay.silenceOf(channel)
    const isPaused = (channel: string) => relay.isPaused(channel)
    const resumedAt = (channel: string) => relay.resumedAt(channel)
    return overdueOf(sendableOf(saga), { channels, now, isIdle, isPaused, resumedAt, silenceOf })
  }
}

const never = (): boolean => false

/** A held saga sends nothing (P26). */
function sendableOf({ owed, hold }: Saga): readonly Debt[] {
  return hold === undefined ? owed : NONE
}

const NONE: readonly never[] = Object.freeze([])
