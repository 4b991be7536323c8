import type { Command } from '../engine/saga.ts'
import type { Channel } from '../ports/channel.ts'
import { weigh } from './heads.ts'

/** What goes through a lane. */
export interface Sendable {
  readonly command: Pick<Command, 'payload'>
  /** Monotonic instant from which on it is not started. */
  readonly expires: number
}

/** What a lane may hold: so many that wait, their estimated bytes of payload (P16), and so many under way. */
export interface Bounds {
  readonly parcels: number
  readonly bytes: number
  readonly sendsAtOnce: number
}

/** One that waits, here or behind an earlier command of its saga; both count for its lane. */
export interface Queued<Each extends Sendable> {
  readonly parcel: Each
  readonly lane: Lane<Each>
  readonly bytes: number
}

/** Each channel has its own, so that one participant that is silent holds up nobody else's commands (I5). */
export class Lane<Each extends Sendable> {
  readonly channel: Channel
  /** Monotonic instant at which it had its last answer, or began to have something to send. */
  moved = 0
  readonly #bounds: Bounds
  readonly #waiting: Queued<Each>[] = []
  #active = 0
  #parcels = 0
  #bytes = 0

  /** Of the bounds a channel may know better how many it sends at once. */
  constructor(channel: Channel, bounds: Bounds) {
    this.channel = channel
    this.#bounds = channel.sendsAtOnce === undefined ? bounds : { ...bounds, sendsAtOnce: channel.sendsAtOnce }
  }

  /** Whether one more may be under way. */
  get isFree(): boolean {
    return this.#active < this.#bounds.sendsAtOnce
  }

  /** Whether nothing more may wait. */
  get isFull(): boolean {
    return this.#parcels >= this.#bounds.parcels || this.#bytes >= this.#bounds.bytes
  }

  /** Whether more comes in than goes out. */
  get isCrowded(): boolean {
    return this.#parcels >= this.#bounds.parcels / 4
  }

  /** Counts one that will wait; where it does is said by `push`, or known to whoever keeps it. */
  admit(parcel: Each): Queued<Each> {
    const queued = { parcel, lane: this, bytes: weigh(parcel.command.payload, this.#bounds.bytes) }
    this.#parcels++
    this.#bytes += queued.bytes
    return queued
  }

  /** Waits no longer, wherever it did. */
  dismiss({ bytes }: Queued<Each>): void {
    this.#parcels--
    this.#bytes -= bytes
  }

  push(queued: Queued<Each>): void {
    this.#waiting.push(queued)
  }

  /** The next in line, if one more may be under way. */
  pull(): Queued<Each> | undefined {
    return this.isFree ? this.#shift() : undefined
  }

  /** Leases end in the order they began, more or less: the first in line, where its own has. */
  pullExpired(now: number): Queued<Each> | undefined {
    const first = this.#waiting[0]
    return first !== undefined && now >= first.parcel.expires ? this.#shift() : undefined
  }

  /** One more is under way; answers whether it is alone. */
  begin(): boolean {
    return this.#active++ === 0
  }

  end(): void {
    this.#active--
  }

  #shift(): Queued<Each> | undefined {
    const queued = this.#waiting.shift()
    if (queued !== undefined) this.dismiss(queued)
    return queued
  }
}
