import { DEFAULTS } from '../defaults.ts'
import type { Command } from '../engine/saga.ts'
import type { Channel, Sent } from '../ports/channel.ts'
import { weigh } from './head-cache.ts'

/** The parts of a command that its queue looks at. */
export interface Sendable {
  readonly command: Pick<Command, 'payload' | 'headers' | 'body'>
  /** Monotonic instant from which on no send is started. */
  readonly expires: number
  /** Claimed by recovery: takes turns with new commands. */
  readonly isRecovered?: boolean | undefined
}

/** Bounds of one queue: commands that wait, estimated bytes of their payloads (P16), and sends under way at once. */
export interface QueueBounds {
  readonly commands: number
  readonly bytes: number
  readonly sendsAtOnce: number
}

/** A command that waits, in the queue itself or behind an earlier command of its saga. Both count against the bounds. */
export interface QueuedItem<Each extends Sendable> {
  readonly item: Each
  readonly queue: ChannelQueue<Each>
  readonly bytes: number
}

/** With answers within this many ms, every command that waits starts before its lease ends. */
const QUICK = DEFAULTS.leaseMargin / 2

/** The commands of one channel. Channels do not share bounds, so a silent participant holds up no commands of others (I5). */
export class ChannelQueue<Each extends Sendable> {
  readonly channel: Channel
  /** Monotonic instant of the last answer, or of the first send after a pause. */
  movedAt = 0
  readonly #bounds: QueueBounds
  readonly #fresh: QueuedItem<Each>[] = []
  readonly #recovered: QueuedItem<Each>[] = []
  #isRecoveredNext = false
  #active = 0
  #commands = 0
  #bytes = 0
  #isQuick = false
  #isSilent = false

  /** A channel's own `sendsAtOnce` takes precedence. */
  constructor(channel: Channel, bounds: QueueBounds) {
    this.channel = channel
    this.#bounds = channel.sendsAtOnce === undefined ? bounds : { ...bounds, sendsAtOnce: channel.sendsAtOnce }
  }

  /** One more send may start. */
  get isFree(): boolean {
    return this.#active < this.#bounds.sendsAtOnce
  }

  /** No further command may wait. */
  get isFull(): boolean {
    return this.#commands >= this.#bounds.commands || this.#bytes >= this.#bounds.bytes
  }

  /** A quarter of the bound waits: commands come in faster than they leave. */
  get isCrowded(): boolean {
    return this.#commands >= this.#bounds.commands / 4
  }

  /** The last send had no answer. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /**
   * Number of commands that recovery may claim: the sends that may start now and, while answers are quick, as many again, so
   * that sends go on during the next claim. A claim of more would be wasted: its lease ends while the command waits.
   */
  get spare(): number {
    const { sendsAtOnce, commands } = this.#bounds
    const ahead = this.#isQuick && !this.isFull ? Math.min(sendsAtOnce, commands >> 1) : 0
    return Math.max(0, sendsAtOnce - this.#active + ahead - this.#recovered.length)
  }

  /** Recovery has so much capacity here that it should run before its next interval. */
  get isHungry(): boolean {
    return this.spare >= this.#bounds.sendsAtOnce / 2
  }

  /** Counts a command that will wait. `push` puts it into this queue, unless it waits behind another command of its saga. */
  admit(item: Each): QueuedItem<Each> {
    const { payload, headers, body } = item.command
    const most = this.#bounds.bytes
    const bytes = weigh(body ?? payload, most) + (headers === undefined ? 0 : weigh(headers, most))
    const queued = { item, queue: this, bytes }
    this.#commands++
    this.#bytes += queued.bytes
    return queued
  }

  /** Uncounts a command that no longer waits, in the queue or behind another command. */
  dismiss({ bytes }: QueuedItem<Each>): void {
    this.#commands--
    this.#bytes -= bytes
  }

  push(queued: QueuedItem<Each>): void {
    this.#queueOf(queued.item.isRecovered === true).push(queued)
  }

  /** The next command, if one more send may start: new commands and recovered ones in turns. */
  pull(): QueuedItem<Each> | undefined {
    if (!this.isFree) return undefined
    this.#isRecoveredNext = !this.#isRecoveredNext
    return this.#shift(this.#isRecoveredNext) ?? this.#shift(!this.#isRecoveredNext)
  }

  /** The first command in line, if its lease has ended. Leases end roughly in the order of the queue. */
  pullExpired(now: number): QueuedItem<Each> | undefined {
    for (const isRecovered of [false, true]) {
      const first = this.#queueOf(isRecovered)[0]
      if (first !== undefined && now >= first.item.expires) return this.#shift(isRecovered)
    }
    return undefined
  }

  /** Removes commands that wait in this queue; `dismiss` uncounts each. */
  withdraw(isGone: (item: Each) => boolean): readonly QueuedItem<Each>[] {
    return [this.#fresh, this.#recovered].flatMap((queue) => {
      const gone = queue.filter(({ item }) => isGone(item))
      if (gone.length > 0) queue.splice(0, queue.length, ...queue.filter(({ item }) => !isGone(item)))
      return gone
    })
  }

  /** Counts a send. Returns true where no other one is under way. */
  begin(): boolean {
    return this.#active++ === 0
  }

  /** The answer to a send that began at `began` (monotonic). */
  answered({ kind }: Sent, began: number, now: number): void {
    this.#isSilent = kind === 'unreachable'
    this.#isQuick = !this.#isSilent && now - began < QUICK
    if (!this.#isSilent) this.movedAt = now
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
