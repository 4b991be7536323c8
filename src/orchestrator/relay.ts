import type { Command, CommandId, Duration, Instant, SagaId } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Channel, Delivered, Sent } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { CircuitChange, CircuitState } from './circuit.ts'
import { backpressure } from './backpressure.ts'
import { ChannelQueue } from './channel-queue.ts'
import type { QueuedItem, QueueLoad } from './channel-queue.ts'
import { InFlight } from './in-flight.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import { OnceSends } from './once-sends.ts'
import { isFirstAttempt } from './outgoing-command.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import { channelOf } from './lane.ts'
import type { Lane } from './lane.ts'
import { PullTimers } from './pull-timers.ts'
import { laneOfSend } from './sendable.ts'
import { SendOrder } from './send-order.ts'
import type { GivenUp, SendResult } from './turn.ts'

/** Options of `Relay`. */
export interface RelayOptions {
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly incidents: Incidents
  /** Bounds of each channel's queue: commands that wait, and estimated bytes of their payloads (P16). */
  readonly queue: { readonly commands: number; readonly bytes: number }
  readonly sendsAtOnce: number
  /**
   * Called once for every command that was sent, with its result. The command stays in flight until the promise resolves, with
   * another result where the command is given up, or was delivered before.
   */
  readonly concluded: (outgoing: OutgoingCommand, sent: Sent) => Promise<Delivered | GivenUp | void> | void
  /** Called for every command that was accepted and then not sent. */
  readonly dropped: (outgoing: OutgoingCommand) => void
  /** Called when recovery has capacity for a lane again; without one where it should look at all of them. */
  readonly freed?: ((lane?: Lane) => void) | undefined
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
  readonly #once = new OnceSends()
  readonly #pulls: PullTimers

  constructor(options: RelayOptions) {
    this.#options = options
    this.#pulls = new PullTimers(options.runtime)
    const bounds = { ...options.queue, sendsAtOnce: options.sendsAtOnce }
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

  /** Milliseconds since the circuit of this channel opened; 0 while it is closed. */
  silenceOf(channel: string): Duration {
    return this.#queues.get(channel)?.silence ?? 0
  }

  /** By the wall clock: when the last pause of this channel ended; `undefined` where this process has seen none. */
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

  /** Ends a pause: recovery sends what the channel is owed. Returns false where there is no such channel. */
  resume(channel: string): boolean {
    const queue = this.#queues.get(channel)
    if (queue === undefined) return false
    if (queue.isPaused) queue.resumedAt = this.#options.runtime.wallClock()
    queue.isPaused = false
    this.#options.freed?.()
    return true
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
    const withdrawn: CommandId[] = []
    for (const queue of this.#queues.values()) {
      for (const { item } of queue.withdraw(matches)) {
        withdrawn.push(item.command.id)
        this.#forget(item)
        if (isFirstAttempt(item)) withdrawn.push(...this.#dropBehind(item.command.sagaId))
      }
    }
    for (const queued of this.#order.cut(matches)) {
      queued.queue.dismiss(queued)
      withdrawn.push(queued.item.command.id)
      this.#forget(queued.item)
    }
    return withdrawn
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
  async abandonOnceSends(): Promise<void> {
    const recorded = this.#once.ids.map((id) => this.fateOf(id))
    this.#once.end()
    await Promise.all(recorded)
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
    if (queue !== undefined) this.#dropExpired(queue)
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
    const { runtime, metrics } = this.#options
    if (this.#once.isOver && isSentOnce(queue.channel, outgoing)) {
      this.#drop(outgoing)
      return false
    }
    if (runtime.monotonic() >= outgoing.expires) {
      metrics.count('relay-expired')
      this.#drop(outgoing)
      return false
    }
    if (queue.begin(outgoing)) queue.movedAt = runtime.monotonic()
    const sending = this.#send(queue, outgoing).finally(() => {
      queue.end(outgoing)
      this.#inFlight.release(outgoing.command.id)
      this.#pull(queue)
      const lane = laneOfSend(outgoing)
      if (queue.isHungry(lane)) this.#options.freed?.(lane)
    })
    runtime.waitUntil(sending)
    return true
  }

  async #send(queue: ChannelQueue<OutgoingCommand>, outgoing: OutgoingCommand): Promise<void> {
    const { runtime, metrics, concluded, incidents } = this.#options
    const { channel } = queue
    const began = runtime.monotonic()
    const sending = send(channel, outgoing.command)
    const sent = await (isSentOnce(channel, outgoing) ? this.#once.resultOf(outgoing.command.id, sending) : sending)
    const ended = runtime.monotonic()
    const change = queue.answered(sent, began, ended)
    if (change !== undefined) this.#noteCircuit(queue, change)
    metrics.sent({ channel: channel.id, kind: outgoing.kind, result: sent.kind }, (ended - began) / 1_000)
    if (sent.kind === 'delivered') this.#inFlight.answered(outgoing.command.id, sent) // settled later, by another write
    try {
      const fate = await concluded(outgoing, sent)
      this.#inFlight.answered(outgoing.command.id, fate ?? sent)
      incidents.succeeded('records', 'command.recorded')
    } catch (thrown) {
      // The debt stays owed. Its lease ends by itself, and the sweep claims it then.
      this.#inFlight.answered(outgoing.command.id, sent)
      const why = reasonOf(thrown)
      const fields = { command: outgoing.command.id, why }
      incidents.report({ code: 'command.not-recorded', group: 'records', kind: kindOfReason(why), fields })
    }
  }

  /** A channel whose circuit opens keeps no commands in memory: they are owed, and recovery sends the probes. */
  #noteCircuit(queue: ChannelQueue<OutgoingCommand>, change: CircuitChange): void {
    const { incidents, runtime, freed } = this.#options
    const { id } = queue.channel
    const [group, fields] = [`circuit ${id}`, { channel: id }]
    if (change === 'closed') return incidents.succeeded(group, 'channel.circuit-closed', fields)
    runtime.after(Math.max(1, queue.probeWait), () => freed?.())
    if (change === 'still-open') return
    incidents.report({ code: 'channel.circuit-open', group, kind: 'open', fields })
    this.withdraw(({ command }) => command.channel === id)
  }

  #pull(queue: ChannelQueue<OutgoingCommand>): void {
    for (let queued = queue.pull(); queued !== undefined; queued = queue.pull()) {
      const { item: outgoing } = queued
      const isStarted = this.#start(queue, outgoing)
      if (!isFirstAttempt(outgoing)) continue
      if (isStarted) this.#startBehind(outgoing.command.sagaId)
      else this.#dropBehind(outgoing.command.sagaId)
    }
    this.#pullLater(queue)
  }

  /** Commands that wait for their rate start when it allows, without the end of another send. */
  #pullLater(queue: ChannelQueue<OutgoingCommand>): void {
    if (queue.channel.limits === undefined) return
    this.#pulls.set(queue.channel.id, queue.nextStart, () => {
      this.#dropExpired(queue)
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
      if (queue.isShut) this.#forget(item)
      if (queue.isShut || !this.#start(queue, item)) return void this.#dropBehind(sagaId)
    }
    this.#order.close(sagaId)
  }

  /** An earlier command of the saga was dropped, so none behind it may start first: the store still owes them (P13, P16). */
  #dropBehind(sagaId: SagaId): readonly CommandId[] {
    return this.#order.close(sagaId).map((queued) => {
      queued.queue.dismiss(queued)
      this.#forget(queued.item)
      return queued.item.command.id
    })
  }

  /** Commands whose lease has ended make place for others. */
  #dropExpired(queue: ChannelQueue<OutgoingCommand>): void {
    const now = this.#options.runtime.monotonic()
    for (let queued = queue.pullExpired(now); queued !== undefined; queued = queue.pullExpired(now)) {
      this.#options.metrics.count('relay-expired')
      this.#drop(queued.item)
      if (isFirstAttempt(queued.item)) this.#dropBehind(queued.item.command.sagaId)
    }
  }

  #forget(outgoing: OutgoingCommand): void {
    this.#options.metrics.count('relay-forgotten')
    this.#drop(outgoing)
  }

  #drop(outgoing: OutgoingCommand): void {
    this.#options.dropped(outgoing)
    this.#inFlight.release(outgoing.command.id)
  }
}

function isSentOnce({ retry }: Channel, { kind }: OutgoingCommand): boolean {
  return retry?.attempts === 1 && kind === 'command'
}

/** A channel that breaks its contract and throws counts as unreachable. */
async function send(channel: Channel, command: Command): Promise<Sent> {
  try {
    return await channel.send(command)
  } catch (thrown) {
    return { kind: 'unreachable', why: reasonOf(thrown) }
  }
}
