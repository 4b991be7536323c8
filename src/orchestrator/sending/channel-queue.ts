import { DEFAULTS } from '../../defaults.ts'
import type { Duration, Instant } from '../../engine/saga.ts'
import type { Channel, Sent } from '../../ports/channel.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { Circuit } from './circuit.ts'
import type { CircuitChange, CircuitState } from './circuit.ts'
import type { Lane } from './lane.ts'
import { SendLimits } from './send-limits.ts'
import { laneOfSend } from './sendable.ts'
import type { Sendable, WaitingItem } from './sendable.ts'
import { WaitingCommands } from './waiting-commands.ts'

/** Bounds of one queue: commands that wait, estimated bytes of their payloads (P16), and sends under way at once. */
export interface QueueBounds {
  readonly commands: number
  readonly bytes: number
  readonly sendsAtOnce: number
  /** False where the queue serves one saga alone: its backoff is enough, and a probe of others cannot speak for it. Default: true. */
  readonly hasCircuit?: boolean | undefined
}

/** A command that waits, in the queue itself or behind an earlier command of its saga. Both count against the bounds. */
export interface QueuedItem<Each extends Sendable> extends WaitingItem<Each> {
  readonly queue: ChannelQueue<Each>
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
/** One key may take this share of the places to wait. */
const SHARE_OF_LANE = 1 / 8

/** The commands of one channel. Channels do not share bounds, so a silent participant holds up no commands of others (I5). */
export class ChannelQueue<Each extends Sendable> {
  readonly channel: Channel
  /** Monotonic instant of the last answer, or of the first send after a pause. */
  movedAt = 0
  /** An operator paused the channel: no send starts, and no command may wait for one. */
  isPaused = false
  /** By the wall clock: the end of the last pause; absent without one. */
  resumedAt: Instant | undefined
  readonly #bounds: QueueBounds
  readonly #waiting: WaitingCommands<QueuedItem<Each>>
  readonly #circuit = new Circuit()
  readonly #limits: SendLimits | undefined
  readonly #runtime: Pick<Runtime, 'monotonic'>
  #active = 0
  #isQuick = false

  /** A channel's own bounds of sends at once take precedence. */
  constructor(channel: Channel, bounds: QueueBounds, runtime: Pick<Runtime, 'monotonic'>) {
    const { limits, sendsAtOnce = bounds.sendsAtOnce } = channel
    const { concurrency } = limits ?? {}
    this.channel = channel
    this.#runtime = runtime
    this.#limits = limits && new SendLimits(limits)
    this.#bounds = {
      ...bounds,
      sendsAtOnce: concurrency?.by === undefined ? (concurrency?.limit ?? sendsAtOnce) : sendsAtOnce,
    }
    this.#waiting = new WaitingCommands(this.#limits?.isByKey ?? false)
  }

  /** One more send may start, as far as the channel as a whole is concerned. */
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

  /** Milliseconds for which the participant has been silent: since the circuit opened. */
  get silence(): Duration {
    return this.#circuit.openFor(this.#runtime.monotonic())
  }

  /** A quarter of the bound waits: commands come in faster than they leave. */
  get isCrowded(): boolean {
    return this.#waiting.count >= this.#bounds.commands / 4
  }

  /** Commands that wait, in the queue itself or behind others; their estimated bytes; sends under way. */
  get load(): QueueLoad {
    return { waiting: this.#waiting.count, bytes: this.#waiting.bytes, underWay: this.#active }
  }

  /** The send of this command may start. */
  mayStart(item: Each): boolean {
    return this.isFree && this.#limitWait(laneOfSend(item)) === 0
  }

  /** The same for a new command: it does not start before those that wait in its lane. */
  mayStartAtOnce(item: Each): boolean {
    return this.mayStart(item) && (this.#limits === undefined || this.#waiting.countOf(laneOfSend(item)) === 0)
  }

  /** No further command of this lane may wait. */
  isFull(lane: Lane): boolean {
    if (this.isShut || !this.#hasPlaces) return true
    return this.#limits !== undefined && this.#isBeyondLimits(this.#limits, lane)
  }

  /**
   * Number of commands that recovery may claim: the sends that may start now and, while answers are quick, as many again, so
   * that sends go on during the next claim. A claim of more would be wasted: its lease ends while the command waits. One probe
   * where the circuit is not closed. A lane with a key has its own number, beside that of its channel.
   */
  spare(lane: Lane): number {
    if (this.isShut) return this.isFree ? 1 : 0
    const { sendsAtOnce, commands } = this.#bounds
    const isFull = this.isFull(this.channel.id)
    const ahead = this.#isQuick && !isFull ? Math.min(sendsAtOnce, commands >> 1) : 0
    const limits = this.#limits
    if (limits === undefined) return Math.max(0, sendsAtOnce - this.#active + ahead - this.#waiting.recovered)
    if (limits.isByKey && !this.#hasPlaces) return this.#startsAtOnce(lane)
    const now = this.#runtime.monotonic()
    if (lane !== this.channel.id) return Math.max(0, limits.room(now, lane) - this.#waiting.recoveredOf(lane))
    // Commands of other keys may wait for long, and must not take the place of those that may start.
    const waiting = limits.isByKey ? 0 : this.#waiting.recovered
    const most = isFull ? 0 : limits.room(now) - this.#waiting.recovered
    return Math.max(0, Math.min(most, sendsAtOnce - this.#active + ahead - waiting))
  }

  /** Recovery has so much capacity here that it should run before its next interval. */
  isHungry(lane: Lane): boolean {
    if (this.isShut) return false
    if (this.#limits === undefined) return this.spare(lane) >= this.#bounds.sendsAtOnce / 2
    return this.#waiting.recoveredOf(lane) === 0 && this.spare(lane) > 0
  }

  /** Milliseconds until one of the commands that wait may start by its rate; infinite where none waits for that alone. */
  get nextStart(): Duration {
    let least = Number.POSITIVE_INFINITY
    if (this.#limits === undefined || !this.isFree) return least
    for (const { lane } of this.#waiting.heads()) least = Math.min(least, this.#limitWait(lane))
    return least
  }

  /** Counts a command that will wait. `push` puts it into this queue, unless it waits behind another command of its saga. */
  admit(item: Each): QueuedItem<Each> {
    return { item, queue: this, bytes: this.#waiting.admit(item, this.#bounds.bytes), lane: laneOfSend(item) }
  }

  /** Uncounts a command that no longer waits, in the queue or behind another command. */
  dismiss(queued: QueuedItem<Each>): void {
    this.#waiting.dismiss(queued)
  }

  push(queued: QueuedItem<Each>): void {
    this.#waiting.push(queued)
  }

  /** The next command, if one more send may start. */
  pull(): QueuedItem<Each> | undefined {
    if (!this.isFree || this.#waiting.count === 0) return undefined
    return this.#waiting.pull(({ lane }) => this.#limitWait(lane) === 0)
  }

  /** A command whose lease has ended. */
  pullExpired(now: number): QueuedItem<Each> | undefined {
    return this.#waiting.pullExpired(now)
  }

  /** Takes the commands that match out of the queue, in the order in which they would have started. */
  withdraw(matches: (item: Each) => boolean): readonly QueuedItem<Each>[] {
    return this.#waiting.withdraw(({ item }) => matches(item))
  }

  /** Counts a send. Returns true where no other one is under way. */
  begin(item: Each): boolean {
    const now = this.#runtime.monotonic()
    this.#circuit.began(now)
    this.#limits?.begin(laneOfSend(item), now)
    return this.#active++ === 0
  }

  /** The end of a send that began at `began` (monotonic). Returns the change of the circuit where there is one. */
  answered({ kind }: Sent, began: number, now: number): CircuitChange | undefined {
    const isSilent = kind === 'unreachable'
    const { hasCircuit = true } = this.#bounds
    this.#isQuick = !isSilent && now - began < QUICK
    if (isSilent) return hasCircuit ? this.#circuit.silent(began, now) : undefined
    this.movedAt = now
    return this.#circuit.answered(now)
  }

  end(item: Each): void {
    this.#active--
    this.#limits?.end(laneOfSend(item))
  }

  get #hasPlaces(): boolean {
    return this.#waiting.count < this.#bounds.commands && this.#waiting.bytes < this.#bounds.bytes
  }

  /** Commands that wait for their keys may take all places: those of other keys need none, and must not wait for them (I5). */
  #startsAtOnce(lane: Lane): number {
    if (this.#limitWait(lane) > 0) return 0
    if (lane === this.channel.id) return Math.max(0, this.#bounds.sendsAtOnce - this.#active)
    return this.#waiting.countOf(lane) === 0 ? 1 : 0
  }

  #limitWait(lane: Lane): Duration {
    return this.#limits?.wait(lane, this.#runtime.monotonic()) ?? 0
  }

  /** A command that would wait in vain is better owed in the store alone, from where it is claimed in time. */
  #isBeyondLimits(limits: SendLimits, lane: Lane): boolean {
    const wait = this.#limitWait(lane)
    if (Number.isFinite(wait) && wait > DEFAULTS.leaseMargin) return true
    if (this.#waiting.count >= limits.depth()) return true
    if (!limits.isByKey || lane === this.channel.id) return false
    return this.#waiting.countOf(lane) >= Math.min(limits.depth(lane), this.#bounds.commands * SHARE_OF_LANE)
  }
}
