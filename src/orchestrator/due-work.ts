import type { Debt, Instant, Saga } from '../engine/saga.ts'
import type { Loaded } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import { UNLIMITED } from './channel-capacity.ts'
import type { Capacity } from './channel-capacity.ts'
import type { Lane } from './lane.ts'
import type { Ledger } from './ledger.ts'
import type { SagaTimers } from './saga-timers.ts'
import type { ClaimResult, Sender } from './sender.ts'

/** Work on a saga inside its mailbox, on the head that is handed in. */
export type TendSaga = (loaded: Loaded) => Promise<ClaimResult>

/** Options of `DueWork`. */
export interface DueWorkOptions {
  readonly sender: Pick<Sender, 'claim' | 'claimBeside' | 'passed'>
  readonly timers: Pick<SagaTimers, 'isDue' | 'isEventDue' | 'resend' | 'fire'>
  readonly ledger: Pick<Ledger, 'recall'>
  readonly runtime: Pick<Runtime, 'wallClock'>
  /** Ends a hold whose `until` has come (P26). Absent: an operator ends it. */
  readonly endHold?: TendSaga | undefined
  /** Makes dead letters of parked events that have expired (P10). Absent: they stay. */
  readonly expireParked?: TendSaga | undefined
}

/**
 * Everything of one saga that can be due: its commands, the deadline of its state, the expiry of its parked events, and the end of
 * its hold. The commands and a resend are one write, everything else is a write of its own.
 */
export class DueWork {
  readonly #options: DueWorkOptions

  constructor(options: DueWorkOptions) {
    this.#options = options
  }

  /** As `Sender.passed`: `undefined` where `claim` would write. */
  passed(loaded: Loaded, capacity: Pick<Capacity, 'has'>): readonly Lane[] | undefined {
    const { sender, timers } = this.#options
    const { saga } = loaded
    const now = this.#options.runtime.wallClock()
    if (this.#isExpiring(saga, now)) return undefined
    if (saga.hold !== undefined) return this.#isEnding(saga, now) ? undefined : NONE
    return timers.isDue(saga) ? undefined : sender.passed(loaded, capacity)
  }

  /** As `Sender.claim`, and everything else of the saga that is due. To be called inside the saga's mailbox. */
  async claim(loaded: Loaded, atOnce?: (debt: Debt) => boolean, capacity: Capacity = UNLIMITED): Promise<ClaimResult> {
    const { endHold, expireParked, timers, runtime } = this.#options
    const { saga } = loaded
    const now = runtime.wallClock()
    if (expireParked !== undefined && this.#isExpiring(saga, now)) {
      return this.#then(await expireParked(loaded), loaded, (next) => this.claim(next, atOnce, capacity))
    }
    if (saga.hold !== undefined) return endHold !== undefined && this.#isEnding(saga, now) ? endHold(loaded) : LEFT
    const claimed = await this.#claimCommands(loaded, atOnce, capacity)
    if (!timers.isEventDue(saga)) return claimed
    return this.#then(claimed, loaded, async (next) => {
      const kind = await timers.fire(next.saga, next)
      return { ...claimed, kind: kind === 'left' ? claimed.kind : kind }
    })
  }

  #claimCommands(
    loaded: Loaded,
    atOnce: ((debt: Debt) => boolean) | undefined,
    capacity: Capacity,
  ): Promise<ClaimResult> {
    const { sender, timers } = this.#options
    const resend = timers.resend(loaded.saga)
    if (resend === undefined) return sender.claim(loaded, atOnce, capacity)
    const isResent = (debt: Debt) => debt.id === resend.atOnce?.id && isInBackoff(debt)
    const claims = (debt: Debt) => isResent(debt) || atOnce?.(debt) === true
    return sender.claimBeside(loaded, resend.entry, { atOnce: claims, capacity })
  }

  /** Goes on with the head after a write; without it the rest is left to the next look. */
  async #then(
    result: ClaimResult,
    loaded: Loaded,
    next: (loaded: Loaded) => Promise<ClaimResult>,
  ): Promise<ClaimResult> {
    if (result.kind === 'failed') return result
    const head = result.kind === 'left' ? loaded : this.#options.ledger.recall(loaded.saga.id)
    return head === undefined ? result : next(head)
  }

  #isExpiring({ parked }: Saga, now: Instant): boolean {
    return this.#options.expireParked !== undefined && parked.some(({ expires }) => expires <= now)
  }

  #isEnding({ hold }: Saga, now: Instant): boolean {
    return this.#options.endHold !== undefined && hold?.until !== undefined && hold.until <= now
  }
}

/** Neither under the lease of a process nor in its first attempt, which is always leased. */
function isInBackoff({ tried, claimed }: Debt): boolean {
  return tried === true && claimed !== true
}

const LEFT: ClaimResult = { kind: 'left', passed: [] }
const NONE: readonly never[] = Object.freeze([])
