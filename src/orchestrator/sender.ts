import { DEFAULTS } from '../defaults.ts'
import { commandOf } from '../engine/evolve.ts'
import type { CommandId, Debt, Instant, Saga, Step } from '../engine/saga.ts'
import type { Loaded } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Channel } from '../ports/channel.ts'
import type { Debts } from './debts.ts'
import type { Ledger } from './ledger.ts'
import type { Parcel, Relay } from './relay.ts'

export interface SenderOptions {
  readonly ledger: Ledger
  readonly relay: Relay
  readonly debts: Debts
  readonly runtime: Runtime
  readonly channels: ReadonlyMap<string, Channel>
  /** Whether somebody else may hold a lease on what this process does not hold (P12). */
  readonly shared: boolean
}

/** Takes what a saga owes to the relay: right after its step, or later by a claim. */
export class Sender {
  readonly #options: SenderOptions

  /** Commands that this process holds the lease of and has no room for. */
  readonly #forgotten = new Set<CommandId>()

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Right after the save: the step's write was its writer's lease (P12). */
  dispatch(saga: Saga, step: Step): void {
    const { relay, runtime } = this.#options
    let isBehind = false
    for (const debt of step.owes) {
      isBehind ||= !this.#mayStart(saga, debt) || !this.#offer(saga, debt, false)
      if (isBehind) this.#forget(debt.id)
    }
    for (const command of step.sideEffects) {
      const expires = runtime.monotonic() + DEFAULTS.leaseMargin
      relay.offer({ command, kind: 'side-effect', attempts: 0, expires })
    }
  }

  /**
   * Claims what is due, then sends it (P14). To be called inside the saga's mailbox, with what the store handed out; whoever
   * was slower loses the write and skips. Every debt that is due gets a new `due`, those that cannot be sent now included.
   * Answers whether anything was written. `atOnce`: what is claimed whoever holds its lease, as in a redelivery (P12).
   */
  async claim(loaded: Loaded, atOnce: (debt: Debt) => boolean = never): Promise<boolean> {
    const { ledger, debts, relay, runtime, channels } = this.#options
    const now = runtime.wallClock()
    const settled = debts.settledOf(loaded.saga)
    const due = loaded.saga.owed.filter((debt) => this.#isFree(debt, now, atOnce) && !settled?.includes(debt.id))
    if (due.length === 0 && settled === undefined) return false
    const tried = due.map(({ id, attempts, channel, since }) => {
      const lease = leaseOf(channels.get(channel))
      // Where it cannot even wait to be sent, coming back before long would only be one more write.
      const wait = relay.isFull(channel) ? Math.max(lease, Math.min(now - since, DEFAULTS.retryLongest)) : lease
      return { id, attempts, due: now + wait }
    })
    // One try: a claim of unknown fate has sent nothing, so it may be dropped, and nobody waits for it.
    const change = ledger.change(loaded.saga.id, { tried, settled })
    const committed = await ledger.commit(loaded, change, runtime.monotonic())
    if (committed.kind !== 'saved') return false
    const { saga } = committed.loaded
    debts.settled(saga.id, settled)
    let isBehind = false // no room: what comes after it must not start first (P13)
    for (const debt of saga.owed) {
      const before = due.find(({ id }) => id === debt.id)
      if (before === undefined || relay.holds(debt.id) || debts.isDelivered(saga.id, debt.id)) continue
      isBehind ||= !this.#offer(saga, debt, before.tried === true)
      if (isBehind) this.#forget(debt.id)
    }
    return true
  }

  /** To be started early enough to have ended when the lease does (P12). */
  #offer(saga: Saga, debt: Debt, isRetry: boolean): boolean {
    const { relay, runtime, channels } = this.#options
    const timeout = channels.get(debt.channel)?.timeout ?? 0
    const expires = runtime.monotonic() + (debt.due - runtime.wallClock()) - timeout
    const isTaken = relay.offer({
      command: commandOf(saga, debt),
      kind: 'command',
      attempts: debt.attempts,
      isRetry,
      expires,
    })
    if (isTaken) this.#forgotten.delete(debt.id)
    return isTaken
  }

  /** The relay had taken it, and did not start it: nobody else can have begun with it while our lease lasts (P13). */
  dropped({ command, kind }: Parcel): void {
    if (kind === 'command') this.#forget(command.id)
  }

  /** Whether this process holds its lease and does nothing about it. */
  hasForgotten(id: CommandId): boolean {
    return this.#forgotten.has(id)
  }

  #forget(id: CommandId): void {
    if (this.#forgotten.size >= MOST_FORGOTTEN) this.#forgotten.clear()
    this.#forgotten.add(id)
  }

  /** Its time has come; or nobody ever began with it, and who but this process could have (P12). */
  #isFree(debt: Debt, now: Instant, atOnce: (debt: Debt) => boolean): boolean {
    const { relay, shared } = this.#options
    const isOurs = !shared && debt.tried === undefined
    return debt.due <= now || ((isOurs || atOnce(debt)) && !relay.holds(debt.id))
  }

  /**
   * The order of first attempts (P13): not before an earlier command that this process had to forget (P16). One that somebody
   * else holds counts as started: to wait for the end of the lease would cost every saga that changes its process that long.
   */
  #mayStart(saga: Saga, debt: Debt): boolean {
    const { relay, debts, shared, runtime } = this.#options
    for (const earlier of saga.owed) {
      if (earlier.id === debt.id) return true
      const started = earlier.tried === true || relay.holds(earlier.id) || debts.isDelivered(saga.id, earlier.id)
      const isHeld = shared && !this.#forgotten.has(earlier.id) && earlier.due > runtime.wallClock()
      if (!started && !isHeld) return false
    }
    return true
  }
}

const never = (): boolean => false

/** Whoever else has taken one up does not tell: it is not to be remembered for ever. */
const MOST_FORGOTTEN = 100_000

/** How long a sender holds a command alone (P12). Without its channel nobody can send it: look again in a minute. */
export function leaseOf(channel: Channel | undefined): Instant {
  return channel === undefined ? DEFAULTS.retryLongest : channel.timeout + DEFAULTS.leaseMargin
}
