import type { Debt } from '../../engine/saga.ts'
import type { Loaded } from '../../ports/persistency.ts'
import { UNLIMITED } from '../sending/channel-capacity.ts'
import type { Capacity } from '../sending/channel-capacity.ts'
import type { Lane } from '../sending/lane.ts'
import type { Ledger } from '../events/ledger.ts'
import type { SagaTimers } from '../timers/saga-timers.ts'
import type { ClaimResult, Claims } from '../sending/claims.ts'
import type { Upkeep } from '../events/upkeep.ts'

/** Options of `DueWork`. */
export interface DueWorkOptions {
  readonly claims: Pick<Claims, 'claim' | 'claimBeside' | 'passed'>
  readonly timers: Pick<SagaTimers, 'isDue' | 'isEventDue' | 'resend' | 'fire'>
  readonly ledger: Pick<Ledger, 'recall'>
  readonly upkeep: Upkeep
}

/**
 * Everything of one saga that can be due: its commands, the deadline of its state, and its chores, such as the end of a hold and a
 * parked event. The commands and a resend are one write, everything else is a write of its own.
 */
export class DueWork {
  readonly #options: DueWorkOptions

  constructor(options: DueWorkOptions) {
    this.#options = options
  }

  /** As `Claims.passed`: `undefined` where `claim` would write. */
  passed(loaded: Loaded, capacity: Pick<Capacity, 'has'>): readonly Lane[] | undefined {
    const { claims, timers, upkeep } = this.#options
    const { saga } = loaded
    if (upkeep.isDue(saga)) return undefined
    if (saga.hold !== undefined) return NONE
    return timers.isDue(saga) ? undefined : claims.passed(loaded, capacity)
  }

  /** As `Claims.claim`, and everything else of the saga that is due. To be called inside the saga's mailbox. */
  async claim(loaded: Loaded, atOnce?: (debt: Debt) => boolean, capacity: Capacity = UNLIMITED): Promise<ClaimResult> {
    const { upkeep } = this.#options
    if (!upkeep.isDue(loaded.saga)) return this.#claimKept(loaded, atOnce, capacity)
    const kept = await upkeep.keepUp(loaded)
    if (kept.loaded === undefined) return { kind: 'failed', passed: [] }
    const claimed = await this.#claimKept(kept.loaded, atOnce, capacity)
    return kept.hasWritten && claimed.kind === 'left' ? { ...claimed, kind: 'written' } : claimed
  }

  /** After the chores of the saga. */
  async #claimKept(
    loaded: Loaded,
    atOnce: ((debt: Debt) => boolean) | undefined,
    capacity: Capacity,
  ): Promise<ClaimResult> {
    const { timers } = this.#options
    const { saga } = loaded
    if (saga.hold !== undefined) return LEFT
    const claimed = await this.#claimCommands(loaded, atOnce, capacity)
    if (!timers.isEventDue(saga)) return claimed
    return this.#then(claimed, loaded, async (next) => {
      const kind = await timers.fire(next.saga, next)
      return { ...claimed, kind: kind === 'left' ? claimed.kind : kind }
    })
  }

  async #claimCommands(
    loaded: Loaded,
    atOnce: ((debt: Debt) => boolean) | undefined,
    capacity: Capacity,
  ): Promise<ClaimResult> {
    const { claims, timers } = this.#options
    const resend = timers.resend(loaded.saga)
    if (resend === undefined) return claims.claim(loaded, atOnce, capacity)
    const isResent = (debt: Debt) => debt.id === resend.atOnce?.id && isInBackoff(debt)
    const isMeant = (debt: Debt) => isResent(debt) || atOnce?.(debt) === true
    const claimed = await claims.claimBeside(loaded, resend.entry, { atOnce: isMeant, capacity })
    if (claimed.kind === 'written') resend.report?.()
    return claimed
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
}

/** Neither under the lease of a process nor in its first attempt, which is always leased. */
function isInBackoff({ tried, claimed }: Debt): boolean {
  return tried === true && claimed !== true
}

const LEFT: ClaimResult = { kind: 'left', passed: [] }
const NONE: readonly never[] = Object.freeze([])
