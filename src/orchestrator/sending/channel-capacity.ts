import { channelOf } from './lane.ts'
import type { Lane } from './lane.ts'
import type { Relay } from './relay.ts'

/** The lanes for which a claim may take commands. */
export interface Capacity {
  has(lane: Lane): boolean
  take(lane: Lane): void
  /** Gives back what was taken and is not sent, such as after a claim that could not be written. */
  give(lane: Lane): void
}

/** For a claim of one saga alone, such as by its alarm. */
export const UNLIMITED: Capacity = { has: () => true, take: () => undefined, give: () => undefined }

/** The same, except for channels that an operator has paused: a claim would write a lease for nothing (P28). */
export function unlessPaused(relay: Pick<Relay, 'isPaused'>): Capacity {
  return { ...UNLIMITED, has: (lane) => !relay.isPaused(channelOf(lane)) }
}

/**
 * Number of commands that recovery may hand to each lane (P16): the spare places of its queue. While the circuit is not
 * closed that is one probe at a time: each further command of a long backlog would cost two writes in vain.
 */
export class ChannelCapacity implements Capacity {
  readonly #relay: Pick<Relay, 'spare' | 'isHungry'>
  readonly #taken = new Map<Lane, number>()

  constructor(relay: Pick<Relay, 'spare' | 'isHungry'>) {
    this.#relay = relay
  }

  /** Everything taken so far has reached the queues, which count it from now on. */
  renew(): void {
    this.#taken.clear()
  }

  has(lane: Lane): boolean {
    return this.left(lane) > 0
  }

  /** The lane has so much capacity that recovery should not wait for its next interval. */
  isHungry(lane: Lane): boolean {
    return this.#relay.isHungry(lane)
  }

  /** A lane with a key has no more than its channel. */
  left(lane: Lane): number {
    const channel = channelOf(lane)
    const own = this.#leftOf(lane)
    return channel === lane ? own : Math.min(own, this.#leftOf(channel))
  }

  take(lane: Lane): void {
    for (const one of withChannel(lane)) this.#taken.set(one, this.#takenOf(one) + 1)
  }

  give(lane: Lane): void {
    for (const one of withChannel(lane)) this.#taken.set(one, Math.max(0, this.#takenOf(one) - 1))
  }

  #leftOf(lane: Lane): number {
    return Math.max(0, this.#relay.spare(lane) - this.#takenOf(lane))
  }

  #takenOf(lane: Lane): number {
    return this.#taken.get(lane) ?? 0
  }
}

function withChannel(lane: Lane): readonly Lane[] {
  const channel = channelOf(lane)
  return channel === lane ? [lane] : [lane, channel]
}
