import type { CommandId, Duration, Instant, SagaId } from '../../engine/saga.ts'
import type { Channel } from '../../ports/channel.ts'
import type { CircuitState } from './circuit.ts'
import { backpressure } from './backpressure.ts'
import { ChannelQueue } from './channel-queue.ts'
import type { QueuedItem, QueueLoad } from './channel-queue.ts'
import { CommandSends } from './command-sends.ts'
import type { CommandSendsOptions } from './command-sends.ts'
import { DroppedCommands } from './dropped-commands.ts'
import type { DroppedCommandsOptions } from './dropped-commands.ts'
import { InFlight } from './in-flight.ts'
import { isFirstAttempt } from './outgoing-command.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import { channelOf } from './lane.ts'
import type { Lane } from './lane.ts'
import { PullTimers } from './pull-timers.ts'
import { laneOfSend } from './sendable.ts'
import { SendOrder } from './send-order.ts'
import type { SendResult } from '../events/turn.ts'

/** Options of `Relay`. */
export interface RelayOptions
  extends Omit<CommandSendsOptions, 'inFlight' | 'withdrawAll'>, Pick<DroppedCommandsOptions, 'dropped'> {
  readonly channels: ReadonlyMap<string, Channel>
  /** Bounds of each channel's queue: commands that wait, and estimated bytes of their payloads (P16). */
  readonly queue: { readonly commands: number; readonly bytes: number }
  readonly sendsAtOnce: number
  /** False on hosts with a relay for each saga (`QueueBounds`). Default: true. */
  readonly hasCircuits?: boolean | undefined
}

/** The queue of one channel, for metrics and operators. */
export interface ChannelState extends QueueLoad {
  readonly channel: string
  /** An operator paused the channel. */
  readonly isPaused: boolean
  readonly circuit: CircuitState
}

/**
 * Sends commands, side by side, within bounds. The first attempts of one saga start in the order in which they were offered; a
 * start does not wait for the end of another send (P13). Lives in memory only: a command that it drops is still owed in the
 * store (P16).
 */
export class Relay {
  readonly #options: RelayOptions
  readonly #queues = new Map<string, ChannelQueue<OutgoingCommand>>()
  readonly #inFlight = new InFlight()
  readonly #order = new SendOrder()
  readonly #dropped: DroppedCommands
  readonly #sends: CommandSends
  readonly #pulls: PullTimers

  constructor(options: RelayOptions) {
    this.#options = options
    this.#pulls = new PullTimers(options.runtime)
    const [order, inFlight] = [this.#order, this.#inFlight]
    this.#dropped = new DroppedCommands({ ...options, order, inFlight })
    const withdrawAll = (channel: string) => void this.withdraw(({ command }) => command.channel === channel)
    this.#sends = new CommandSends({ ...options, inFlight, withdrawAll })
    const bounds = { ...options.queue, sendsAtOnce: options.sendsAtOnce, hasCircuit: options.hasCircuits }
    for (const [id, channel] of options.channels)
      this.#queues.set(id, new ChannelQueue(channel, bounds, options.runtime))
  }

  /** True if this command is queued or under way. */
  holds(id: string): boolean {
    return this.#inFlight.has(id)
  }

  /** The result of a command in flight; `undefined` where it is not, or was dropped before it was sent. */
  fateOf(id: string): Promise<SendResult | undefined> {
    return this.#inFlight.fateOf(id)
  }

  /** No further command of this lane may wait, or there is no such channel. */
  isFull(lane: Lane): boolean {
    return this.#queues.get(channelOf(lane))?.isFull(lane) ?? true
  }

  /** Number of commands that recovery may claim for this lane (P16); 0 where there is no such channel. */
  spare(lane: Lane): number {
    return this.#queues.get(channelOf(lane))?.spare(lane) ?? 0
  }

  /** Recovery has so much capacity for this lane that it should not wait for its next interval. */
  isHungry(lane: Lane): boolean {
    return this.#queues.get(channelOf(lane))?.isHungry(lane) ?? false
  }

  /** Milliseconds since the circuit of this channel opened, or since the end of a later pause; 0 while it is closed. */
  silenceOf(channel: string): Duration {
    const { silence = 0, resumedAt = Number.NEGATIVE_INFINITY } = this.#queues.get(channel) ?? {}
    return Math.min(silence, Math.max(0, this.#options.runtime.wallClock() - resumedAt))
  }

  /** By the wall clock: when the last pause of this channel ended; `undefined` where this process knows none. */
  resumedAt(channel: string): Instant | undefined {
    return this.#queues.get(channel)?.resumedAt
  }

  /** The queues of all channels at this moment, for metrics and operators. */
  states(): readonly ChannelState[] {
    return [...this.#queues].map(([channel, queue]) => {
      const { isPaused, circuit, load } = queue
      return { channel, isPaused, circuit, ...load }
    })
  }

  /**
   * Starts no further send to this channel. Its queued commands are dropped, so they are owed in the store alone; sends under way
   * go on to their end. A side effect is not owed, so none reaches a paused channel (P5). Returns false where there is no such
   * channel.
   */
  pause(channel: string): boolean {
    const queue = this.#queues.get(channel)
    if (queue === undefined) return false
    queue.isPaused = true
    this.withdraw(({ command }) => command.channel === channel)
    return true
  }

  /**
   * Ends a pause: recovery sends what the channel is owed. `end`: when it ended, by the wall clock; it counts for a channel that is not
   * paused here too, since this process may have begun after the pause. Returns false where there is no such channel.
   */
  resume(channel: string, end?: Instant): boolean {
    const queue = this.#queues.get(channel)
    if (queue === undefined) return false
    const wasPaused = queue.isPaused
    const resumedAt = end ?? (wasPaused ? this.#options.runtime.wallClock() : undefined)
    if (resumedAt !== undefined) queue.resumedAt = Math.max(queue.resumedAt ?? resumedAt, resumedAt)
    queue.isPaused = false
    if (wasPaused) this.#options.freed?.()
    return true
  }

  /** saga.json has this channel. */
  serves(channel: string): boolean {
    return this.#queues.has(channel)
  }

  /** An operator paused this channel. */
  isPaused(channel: string): boolean {
    return this.#queues.get(channel)?.isPaused ?? false
  }

  /**
   * Drops the commands that match and have not started, and the first attempts of their sagas behind them (P13). Returns the ids of
   * all that it dropped.
   */
  withdraw(matches: (outgoing: OutgoingCommand) => boolean): readonly CommandId[] {
    return this.#dropped.withdraw(this.#queues.values(), matches)
  }

  /** A promise to wait for before further events are taken in; `undefined` where there is no need. */
  backpressure(): Promise<void> | undefined {
    return backpressure(this.#queues.values(), this.#options.runtime)
  }

  /** Resolves when nothing is queued or under way. */
  idle(): Promise<void> {
    return this.#inFlight.idle()
  }

  /**
   * Ends the sends under way in channels with one attempt as those without an answer, and starts no more of them (P15). Resolves when
   * that is recorded.
   */
  abandonOnceSends(): Promise<void> {
    return this.#sends.abandonOnce()
  }

  /**
   * Accepts a command, or returns false: there is no such channel, its queue is full, its lease has ended, or an earlier command of
   * its saga was dropped just now. Then the command is as if it had never been offered.
   */
  offer(outgoing: OutgoingCommand): boolean {
    const { id, channel } = outgoing.command
    const queue = this.#queues.get(channel)
    const line = this.#order.lineOf(outgoing)
    if (queue !== undefined && line === undefined && queue.mayStartAtOnce(outgoing)) {
      this.#inFlight.add(id)
      return this.#start(queue, outgoing)
    }
    if (queue !== undefined) this.#dropped.expired(queue)
    // The command before it may have been dropped with its line: then this one must not start first (P13).
    const hasLostLine = line !== undefined && this.#order.lineOf(outgoing) !== line
    if (queue === undefined || queue.isFull(laneOfSend(outgoing)) || hasLostLine) {
      this.#options.metrics.count('relay-forgotten')
      return false
    }
    this.#inFlight.add(id)
    this.#enqueue(queue, outgoing, line)
    return true
  }

  #enqueue(
    queue: ChannelQueue<OutgoingCommand>,
    outgoing: OutgoingCommand,
    line: QueuedItem<OutgoingCommand>[] | undefined,
  ): void {
    const queued = queue.admit(outgoing)
    if (line !== undefined) return void line.push(queued)
    queue.push(queued)
    this.#order.open(outgoing)
    this.#pullLater(queue)
  }

  /** Starts a send; returns false and drops the command where its lease has ended (P14), or the process ends before its answer (P15). */
  #start(queue: ChannelQueue<OutgoingCommand>, outgoing: OutgoingCommand): boolean {
    const { runtime } = this.#options
    if (this.#sends.isTooLate(queue.channel, outgoing)) {
      this.#dropped.drop(outgoing)
      return false
    }
    if (runtime.monotonic() >= outgoing.expires) {
      this.#dropped.expire(outgoing)
      return false
    }
    if (queue.begin(outgoing)) queue.movedAt = runtime.monotonic()
    const sending = this.#sends.send(queue, outgoing).finally(() => {
      queue.end(outgoing)
      this.#inFlight.release(outgoing.command.id)
      this.#pull(queue)
      const lane = laneOfSend(outgoing)
      if (queue.isHungry(lane)) this.#options.freed?.(lane)
    })
    runtime.waitUntil(sending)
    return true
  }

  #pull(queue: ChannelQueue<OutgoingCommand>): void {
    for (let queued = queue.pull(); queued !== undefined; queued = queue.pull()) {
      const { item: outgoing } = queued
      const isStarted = this.#start(queue, outgoing)
      if (!isFirstAttempt(outgoing)) continue
      if (isStarted) this.#startBehind(outgoing.command.sagaId)
      else this.#dropped.behind(outgoing.command.sagaId)
    }
    this.#pullLater(queue)
  }

  /** Commands that wait for their rate start when it allows, without the end of another send. */
  #pullLater(queue: ChannelQueue<OutgoingCommand>): void {
    if (queue.channel.limits === undefined) return
    this.#pulls.set(queue.channel.id, queue.nextStart, () => {
      this.#dropped.expired(queue)
      this.#pull(queue)
    })
  }

  /** An earlier command of the saga has started: those behind it start, or wait in the queues of their own channels. */
  #startBehind(sagaId: SagaId): void {
    for (let queued = this.#order.next(sagaId); queued !== undefined; queued = this.#order.next(sagaId)) {
      const { queue, item } = queued
      if (!queue.mayStart(item) && !queue.isShut) {
        queue.push(queued)
        return this.#pullLater(queue)
      }
      queue.dismiss(queued)
      if (queue.isShut) this.#dropped.forget(item)
      if (queue.isShut || !this.#start(queue, item)) return void this.#dropped.behind(sagaId)
    }
    this.#order.close(sagaId)
  }
}
