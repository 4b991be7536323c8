import { DEFAULTS } from '../../defaults.ts'
import type { Attempt, Change } from '../../engine/change.ts'
import type { Debt, Duration, Instant, Saga } from '../../engine/saga.ts'
import type { Channel } from '../../ports/channel.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { IdleLeases } from './idle-leases.ts'
import { laneOf } from './lane.ts'
import type { Lane } from './lane.ts'
import type { Relay } from './relay.ts'
import { longestWaitOf } from './send-rules.ts'

/** Options of `DebtLeases`. */
export interface DebtLeasesOptions {
  readonly relay: Relay
  readonly runtime: Pick<Runtime, 'wallClock'>
  readonly channels: ReadonlyMap<string, Channel>
  /** True if another process may hold a lease (P12). */
  readonly shared: boolean
  readonly leases: IdleLeases
}

/** The rules of leases: the commands that this process may send, and the time for which it holds them (P12). */
export class DebtLeases {
  readonly #options: DebtLeasesOptions
  /** The longest backoff or lease, and the tolerance of clocks: a later `due` was written by another clock (P23). */
  readonly longest: Duration
  /** The longest lease, of all channels. */
  readonly lease: Duration

  constructor(options: DebtLeasesOptions) {
    this.#options = options
    this.lease = Math.max(0, ...[...options.channels.values()].map(leaseOf))
    const waits = [undefined, ...[...options.channels.values()].map(({ retry }) => retry)].map(longestWaitOf)
    this.longest = Math.max(this.lease, ...waits) + DEFAULTS.clockTolerance
  }

  /** Due by this clock, or by none (P23); or only this process can hold its lease, and does not send it (P12). */
  isFree(debt: Debt, now: Instant, atOnce: (debt: Debt) => boolean): boolean {
    const { relay, shared } = this.#options
    const isOurs = !shared && debt.tried === undefined
    return debt.due <= now || debt.due > now + this.longest || ((isOurs || atOnce(debt)) && !relay.holds(debt.id))
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

  /** A new lease for a debt. `isIdle`: it will not be sent now, so a longer lease saves writes. */
  attempt({ id, attempts, channel, since }: Debt, isIdle: boolean): Attempt {
    const { runtime, channels } = this.#options
    const now = runtime.wallClock()
    const lease = leaseOf(channels.get(channel))
    const wait = isIdle ? Math.max(lease, Math.min(Math.abs(now - since), DEFAULTS.retryLongest)) : lease
    return { id, attempts, due: now + wait }
  }

  /**
   * The part of a change that leases commands to this process before their lease or backoff ends, at an operator's wish (P25). After
   * its save `Sender.sendLeased` sends them.
   */
  leaseNow(owed: readonly Debt[], revived: readonly Debt[]): Pick<Change, 'tried' | 'revived'> {
    const lease = (debt: Debt) => this.attempt(debt, this.#options.relay.isFull(debt.channel))
    return {
      tried: owed.length === 0 ? undefined : owed.map(lease),
      revived:
        revived.length === 0 ? undefined : revived.map((debt) => ({ ...debt, due: lease(debt).due, claimed: true })),
    }
  }

  /** True if this process holds the lease of a debt that it does not send. */
  hasForgotten(debt: Debt): boolean {
    return this.#options.leases.hasForgotten(debt)
  }

  /** This process holds the lease of a debt without sending it: it need not wait for its end (P14). */
  forget(saga: Saga, debt: Debt): void {
    const { id, channel, due } = debt
    this.#options.leases.forget({ id, sagaId: saga.id, channel, due, lane: this.laneOf(saga, debt) })
  }

  /** Limits by key look at the metadata that the saga has now. */
  laneOf({ metadata }: Saga, { channel }: Pick<Debt, 'channel'>): Lane {
    return laneOf(this.#options.channels.get(channel), channel, metadata)
  }
}

/** Milliseconds that a sender holds a command alone (P12). Without its channel, which saga.json may lack: one minute. */
export function leaseOf(channel: Channel | undefined): Duration {
  return channel === undefined ? DEFAULTS.retryLongest : channel.timeout + DEFAULTS.leaseMargin
}
