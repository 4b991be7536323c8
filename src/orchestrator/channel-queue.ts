import { DEFAULTS } from '../defaults.ts'
import type { Command } from '../engine/saga.ts'
import type { Channel, Sent } from '../ports/channel.ts'
import { weigh } from './head-cache.ts'

/** What goes through a lane. */
export interface Sendable {
  readonly command: Pick<Command, 'payload'>
  /** Monotonic instant from which on it is not started. */
  readonly expires: number
  /** Recovery took it up: it waits beside what is new, not before it. */
  readonly isRecovered?: boolean | undefined
}

/** What a lane may hold: so many that wait, their estimated bytes of payload (P16), and so many under way. */
export interface QueueBounds {
  readonly commands: number
  readonly bytes: number
  readonly sendsAtOnce: number
}

/** One that waits, here or behind an earlier command of its saga; both count for its lane. */
export interface QueuedItem<Each extends Sendable> {
  readonly item: Each
  readonly queue: ChannelQueue<Each>
  readonly bytes: number
}

/** An answer that comes within so many ms: what waits for a place surely gets one before its lease ends. */
const QUICK = DEFAULTS.leaseMargin / 2

/** Each channel has its own, so that one participant that is silent holds up nobody else's commands (I5). */
export class ChannelQueue<Each extends Sendable> {
  readonly channel: Channel
  /** Monotonic instant at which it had its last answer, or began to have something to send. */
  moved = 0
  readonly #bounds: QueueBounds
  readonly #fresh: QueuedItem<Each>[] = []
  readonly #recovered: QueuedItem<Each>[] = []
  #isRecoveredNext = false
  #active = 0
  #commands = 0
  #bytes = 0
  #isQuick = false
  #isSilent = false

  /** Of the bounds a channel may know better how many it sends at once. */
  constructor(channel: Channel, bounds: QueueBounds) {
    this.channel = channel
    this.#bounds = channel.sendsAtOnce === undefined ? bounds : { ...bounds, sendsAtOnce: channel.sendsAtOnce }
  }

  /** Whether one more may be under way. */
  get isFree(): boolean {
    return this.#active < this.#bounds.sendsAtOnce
  }

  /** Whether nothing more may wait. */
  get isFull(): boolean {
    return this.#commands >= this.#bounds.commands || this.#bytes >= this.#bounds.bytes
  }

  /** Whether more comes in than goes out. */
  get isCrowded(): boolean {
    return this.#commands >= this.#bounds.commands / 4
  }

  /** Whether the last send had no answer. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /**
   * How many more recovery may take up: as many as have a place now, and where answers are quick as many again, so that no
   * place is empty while the next ones are claimed. What would only wait is claimed for nothing, since its lease ends first.
   */
  get spare(): number {
    const { sendsAtOnce, commands } = this.#bounds
    const ahead = this.#isQuick && !this.isFull ? Math.min(sendsAtOnce, commands >> 1) : 0
    return Math.max(0, sendsAtOnce - this.#active + ahead - this.#recovered.length)
  }

  /** Whether recovery has so much room that a look is worth it before the next one would come by itself. */
  get isHungry(): boolean {
    return this.spare >= this.#bounds.sendsAtOnce / 2
  }

  /** Counts one that will wait; where it does is said by `push`, or known to whoever keeps it. */
  admit(item: Each): QueuedItem<Each> {
    const queued = { item, queue: this, bytes: weigh(item.command.payload, this.#bounds.bytes) }
    this.#commands++
    this.#bytes += queued.bytes
    return queued
  }

  /** Waits no longer, wherever it did. */
  dismiss({ bytes }: QueuedItem<Each>): void {
    this.#commands--
    this.#bytes -= bytes
  }

  push(queued: QueuedItem<Each>): void {
    this.#queueOf(queued.item.isRecovered === true).push(queued)
  }

  /** The next in line, if one more may be under way: of what is new and of what recovery took up in turns. */
  pull(): QueuedItem<Each> | undefined {
    if (!this.isFree) return undefined
    this.#isRecoveredNext = !this.#isRecoveredNext
    return this.#shift(this.#isRecoveredNext) ?? this.#shift(!this.#isRecoveredNext)
  }

  /** Leases end in the order they began, more or less: the first in line, where its own has. */
  pullExpired(now: number): QueuedItem<Each> | undefined {
    for (const isRecovered of [false, true]) {
      const first = this.#queueOf(isRecovered)[0]
      if (first !== undefined && now >= first.item.expires) return this.#shift(isRecovered)
    }
    return undefined
  }

  /** One more is under way; answers whether it is alone. */
  begin(): boolean {
    return this.#active++ === 0
  }

  /** What came back from one that was under way since `began`. */
  heard({ kind }: Sent, began: number, now: number): void {
    this.#isSilent = kind === 'unreachable'
    this.#isQuick = !this.#isSilent && now - began < QUICK
    if (!this.#isSilent) this.moved = now
  }

  end(): void {
    this.#active--
  }

  #queueOf(isRecovered: boolean): QueuedItem<Each>[] {
    return isRecovered ? this.#recovered : this.#fresh
  }

  #shift(isRecovered: boolean): QueuedItem<Each> | undefined {
    const queued = this.#queueOf(isRecovered).shift()
    if (queued !== undefined) this.dismiss(queued)
    return queued
  }
}
