import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Relay } from './relay.ts'

/** The channels for which a claim may take commands. */
export interface Capacity {
  has(channel: string): boolean
  take(channel: string): void
  /** Gives back what was taken and is not sent, such as after a claim that could not be written. */
  give(channel: string): void
}

/** For a claim of one saga alone, such as by its alarm. */
export const UNLIMITED: Capacity = { has: () => true, take: () => undefined, give: () => undefined }

/** Commands that are tried on a silent participant in one interval, to notice its return. */
const TRIALS = 16
const TRIAL_INTERVAL: Duration = 1_000

interface Trials {
  readonly since: number
  left: number
}

/**
 * Number of commands that recovery may hand to each channel (P16): the spare places of its queue, or, while the participant is
 * silent, a few trials a second. Each further command of a long backlog would cost two writes in vain.
 */
export class ChannelCapacity implements Capacity {
  readonly #relay: Pick<Relay, 'spare' | 'isSilent'>
  readonly #runtime: Pick<Runtime, 'monotonic'>
  readonly #taken = new Map<string, number>()
  readonly #trials = new Map<string, Trials>()

  constructor(relay: Pick<Relay, 'spare' | 'isSilent'>, runtime: Pick<Runtime, 'monotonic'>) {
    this.#relay = relay
    this.#runtime = runtime
  }

  /** Everything taken so far has reached the queues, which count it from now on. */
  renew(): void {
    this.#taken.clear()
  }

  has(channel: string): boolean {
    return this.left(channel) > 0
  }

  left(channel: string): number {
    const spare = this.#relay.spare(channel) - (this.#taken.get(channel) ?? 0)
    return Math.max(0, this.#relay.isSilent(channel) ? Math.min(spare, this.#trialsOf(channel).left) : spare)
  }

  take(channel: string): void {
    this.#taken.set(channel, (this.#taken.get(channel) ?? 0) + 1)
    if (this.#relay.isSilent(channel)) this.#trialsOf(channel).left--
  }

  give(channel: string): void {
    this.#taken.set(channel, Math.max(0, (this.#taken.get(channel) ?? 0) - 1))
    const trials = this.#trials.get(channel)
    if (trials !== undefined) trials.left = Math.min(TRIALS, trials.left + 1)
  }

  #trialsOf(channel: string): Trials {
    const now = this.#runtime.monotonic()
    const before = this.#trials.get(channel)
    if (before !== undefined && now - before.since < TRIAL_INTERVAL) return before
    const trials = { since: now, left: TRIALS }
    this.#trials.set(channel, trials)
    return trials
  }
}
