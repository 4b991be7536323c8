import { DEFAULTS } from '../defaults.ts'
import type { Command, Duration } from '../engine/saga.ts'
import type { Channel, Sent } from '../ports/channel.ts'
import type { Runtime } from '../ports/runtime.ts'
import { Circuit } from './circuit.ts'
import type { CircuitChange, CircuitState } from './circuit.ts'
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

/** The commands of one channel at this moment. */
export interface QueueLoad {
  /** Commands that wait for their send. */
  readonly waiting: number
  /** Estimated bytes of their payloads. */
  readonly bytes: number
  /** Sends that have begun and not ended. */
  readonly underWay: number
}

/** With answers within this many ms, every command that waits starts before its lease ends. */
const QUICK = DEFAULTS.leaseMargin / 2

/** The commands of one channel. Channels do not share bounds, so a silent participant holds up no commands of others (I5). */
export class ChannelQueue<Each extends Sendable> {
  readonly channel: Channel
  /** Monotonic instant of the last answer, or of the first send after a pause. */
  movedAt = 0
  /** An operator paused the channel: no send starts, and no command may wait for one. */
  isPaused = false
  readonly #bounds: QueueBounds
  readonly #fresh: QueuedItem<Each>[] = []
  readonly #recovered: QueuedItem<Each>[] = []
  #isRecoveredNext = false
  #active = 0
  #commands = 0
  #bytes = 0
  #isQuick = false
  readonly #circuit = new Circuit()
  readonly #runtime: Pick<Runtime, 'monotonic'>

  /** A channel's own `sendsAtOnce` takes precedence. */
  constructor(channel: Channel, bounds: QueueBounds, runtime: Pick<Runtime, 'monotonic'>) {
    this.channel = channel
    this.#runtime = runtime
    this.#bounds = channel.sendsAtOnce === undefined ? bounds : { ...bounds, sendsAtOnce: channel.sendsAtOnce }
  }

  /** One more send may start. */
  get isFree(): boolean {
    return this.#active < this.#bounds.sendsAtOnce && !this.isPaused && this.probeWait === 0
  }

  /** No command may wait: the channel is paused, or its circuit is not closed. */
  get isShut(): boolean {
    return this.isPaused || !this.#circuit.isClosed
  }

  /** Milliseconds until the next probe of an open circuit; 0 where a send may start. */
  get probeWait(): Duration {
    return this.#circuit.isClosed ? 0 : this.#circuit.wait(this.#runtime.monotonic())
  }

  get circuit(): CircuitState {
    return this.#circuit.state(this.#runtime.monotonic())
  }

  /** No further command may wait. */
  get isFull(): boolean {
    return this.isShut || this.#commands >= this.#bounds.commands || this.#bytes >= this.#bounds.bytes
  }

  /** A quarter of the bound waits: commands come in faster than they leave. */
  get isCrowded(): boolean {
    return this.#commands >= this.#bounds.commands / 4
  }

  /** Commands that wait, in the queue itself or behind others; their estimated bytes; sends under way. */
  get load(): QueueLoad {
    return { waiting: this.#commands, bytes: this.#bytes, underWay: this.#active }
  }

  /**
   * Number of commands that recovery may claim: the sends that may start now and, while answers are quick, as many again, so
   * that sends go on during the next claim. A claim of more would be wasted: its lease ends while the command waits. One probe
   * where the circuit is not closed.
   */
  get spare(): number {
    if (this.isShut) return this.isFree ? 1 : 0
    const { sendsAtOnce, commands } = this.#bounds
    const ahead = this.#isQuick && !this.isFull ? Math.min(sendsAtOnce, commands >> 1) : 0
    return Math.max(0, sendsAtOnce - this.#active + ahead - this.#recovered.length)
  }

  /** Recovery has so much capacity here that it should run before its next interval. */
  get isHungry(): boolean {
    return !this.isShut && this.spare >= this.#bounds.sendsAtOnce / 2
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

  /** Takes the commands that match out of the queue, in the order in which they would have started. */
  withdraw(matches: (item: Each) => boolean): readonly QueuedItem<Each>[] {
    const withdrawn: QueuedItem<Each>[] = []
    for (const queue of [this.#fresh, this.#recovered]) {
      const kept = queue.filter((queued) => !matches(queued.item) || (withdrawn.push(queued), false))
      if (kept.length < queue.length) queue.splice(0, queue.length, ...kept)
    }
    for (const queued of withdrawn) this.dismiss(queued)
    return withdrawn
  }

  /** Counts a send. Returns true where no other one is under way. */
  begin(): boolean {
    if (!this.#circuit.isClosed) this.#circuit.began(this.#runtime.monotonic())
    return this.#active++ === 0
  }

  /** The end of a send that began at `began` (monotonic). Returns the change of the circuit where there is one. */
  answered({ kind }: Sent, began: number, now: number): CircuitChange | undefined {
    const isSilent = kind === 'unreachable'
    this.#isQuick = !isSilent && now - began < QUICK
    if (isSilent) return this.#circuit.silent(began, now)
    this.movedAt = now
    return this.#circuit.answered(now)
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
