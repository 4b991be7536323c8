import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Relay } from './relay.ts'

/** Where a claim finds out for which channels it may take something up. */
export interface Capacity {
  has(channel: string): boolean
  take(channel: string): void
  /** What was taken is not sent after all, such as where its claim could not be written. */
  give(channel: string): void
}

/** Whoever sends for one saga alone takes up all of it. */
export const UNLIMITED: Capacity = { has: () => true, take: () => undefined, give: () => undefined }

/** Commands by which it is found out whether a silent participant is back, and within how many ms so many are tried. */
const PROBES = 16
const PROBED: Duration = 1_000

/**
 * What recovery may hand to each channel (P16). A participant that answers gets as much as its lane has room for; one that is
 * silent a few tries a second, since each of a long backlog would cost two writes for nothing.
 */
export class ChannelCapacity implements Capacity {
  readonly #relay: Pick<Relay, 'spare' | 'isSilent'>
  readonly #runtime: Pick<Runtime, 'monotonic'>
  readonly #taken = new Map<string, number>()
  readonly #probes = new Map<string, { readonly since: number; left: number }>()

  constructor(relay: Pick<Relay, 'spare' | 'isSilent'>, runtime: Pick<Runtime, 'monotonic'>) {
    this.#relay = relay
    this.#runtime = runtime
  }

  /** What was taken has reached the lanes, which count it now. */
  renew(): void {
    this.#taken.clear()
  }

  has(channel: string): boolean {
    return this.left(channel) > 0
  }

  left(channel: string): number {
    const spare = this.#relay.spare(channel) - (this.#taken.get(channel) ?? 0)
    return Math.max(0, this.#relay.isSilent(channel) ? Math.min(spare, this.#probesOf(channel).left) : spare)
  }

  take(channel: string): void {
    this.#taken.set(channel, (this.#taken.get(channel) ?? 0) + 1)
    if (this.#relay.isSilent(channel)) this.#probesOf(channel).left--
  }

  give(channel: string): void {
    this.#taken.set(channel, Math.max(0, (this.#taken.get(channel) ?? 0) - 1))
    const probes = this.#probes.get(channel)
    if (probes !== undefined) probes.left = Math.min(PROBES, probes.left + 1)
  }

  #probesOf(channel: string): { readonly since: number; left: number } {
    const now = this.#runtime.monotonic()
    const before = this.#probes.get(channel)
    if (before !== undefined && now - before.since < PROBED) return before
    const probes = { since: now, left: PROBES }
    this.#probes.set(channel, probes)
    return probes
  }
}
