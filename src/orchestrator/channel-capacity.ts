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

/**
 * Number of commands that recovery may hand to each channel (P16): the spare places of its queue. While the circuit is not
 * closed that is one probe at a time: each further command of a long backlog would cost two writes in vain.
 */
export class ChannelCapacity implements Capacity {
  readonly #relay: Pick<Relay, 'spare'>
  readonly #taken = new Map<string, number>()

  constructor(relay: Pick<Relay, 'spare'>) {
    this.#relay = relay
  }

  /** Everything taken so far has reached the queues, which count it from now on. */
  renew(): void {
    this.#taken.clear()
  }

  has(channel: string): boolean {
    return this.left(channel) > 0
  }

  left(channel: string): number {
    return Math.max(0, this.#relay.spare(channel) - (this.#taken.get(channel) ?? 0))
  }

  take(channel: string): void {
    this.#taken.set(channel, (this.#taken.get(channel) ?? 0) + 1)
  }

  give(channel: string): void {
    this.#taken.set(channel, Math.max(0, (this.#taken.get(channel) ?? 0) - 1))
  }
}
