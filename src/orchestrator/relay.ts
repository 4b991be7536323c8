import type { Command, CommandId, SagaId } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Channel, Sent } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Runtime } from '../ports/runtime.ts'
import { backpressure } from './backpressure.ts'
import { ChannelQueue } from './channel-queue.ts'
import type { QueuedItem } from './channel-queue.ts'
import { InFlight } from './in-flight.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import { OnceSends } from './once-sends.ts'
import { isFirstAttempt } from './outgoing-command.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
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
   * another result where the command is given up.
   */
  readonly concluded: (outgoing: OutgoingCommand, sent: Sent) => Promise<GivenUp | void> | void
  /** Called for every command that was accepted and then not sent. */
  readonly dropped: (outgoing: OutgoingCommand) => void
  /** Called when recovery has capacity for a channel again, and after every answer of a participant that was silent. */
  readonly freed?: ((channel: string) => void) | undefined
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

  constructor(options: RelayOptions) {
    this.#options = options
    const bounds = { ...options.queue, sendsAtOnce: options.sendsAtOnce }
    for (const [id, channel] of options.channels) this.#queues.set(id, new ChannelQueue(channel, bounds))
  }

  /** True if this command is queued or under way. */
  holds(id: string): boolean {
    return this.#inFlight.has(id)
  }

  /** The result of a command in flight; `undefined` where it is not, or was dropped before it was sent. */
  fateOf(id: string): Promise<SendResult | undefined> {
    return this.#inFlight.fateOf(id)
  }

  /** No further command may wait for this channel, or there is no such channel. */
  isFull(channel: string): boolean {
    return this.#queues.get(channel)?.isFull ?? true
  }

  /** Number of commands that recovery may claim for this channel (P16); 0 where there is no such channel. */
  spare(channel: string): number {
    return this.#queues.get(channel)?.spare ?? 0
  }

  /** The last send to this channel had no answer. */
  isSilent(channel: string): boolean {
    return this.#queues.get(channel)?.isSilent ?? false
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
   * Accepts a command, or returns false: there is no such channel, its queue is full, or an earlier command of its saga was
   * dropped just now. Then the command is as if it had never been offered.
   */
  offer(outgoing: OutgoingCommand): boolean {
    const { id, channel } = outgoing.command
    const queue = this.#queues.get(channel)
    const line = this.#order.lineOf(outgoing)
    if (queue !== undefined && line === undefined && queue.isFree) {
      this.#inFlight.add(id)
      this.#start(queue, outgoing)
      return true
    }
    if (queue !== undefined) this.#dropExpired(queue)
    // The command before it may have been dropped with its line: then this one must not start first (P13).
    const hasLostLine = line !== undefined && this.#order.lineOf(outgoing) !== line
    if (queue === undefined || queue.isFull || hasLostLine) {
      this.#options.metrics.count('relay-forgotten')
      return false
    }
    this.#inFlight.add(id)
    this.#enqueue(queue, outgoing, line)
    return true
  }

  /** Drops the commands of a saga whose send has not begun, and returns their ids: a saga that is held sends nothing more (P26). */
  withdraw(sagaId: SagaId): readonly CommandId[] {
    const isGone = ({ command, kind }: OutgoingCommand) => command.sagaId === sagaId && kind === 'command'
    const queued = [...this.#queues.values()].flatMap((queue) => queue.withdraw(isGone))
    const behind = this.#order.close(sagaId)
    for (const item of [...queued, ...behind]) {
      item.queue.dismiss(item)
      this.#drop(item.item)
    }
    return [...queued, ...behind].map(({ item }) => item.command.id)
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
    if (queue.begin()) queue.movedAt = runtime.monotonic()
    const sending = this.#send(queue, outgoing).finally(() => {
      queue.end()
      this.#inFlight.release(outgoing.command.id)
      this.#pull(queue)
      if (!queue.isSilent && queue.isHungry) this.#options.freed?.(queue.channel.id)
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
    queue.answered(sent, began, runtime.monotonic())
    metrics.sent(channel.id, outgoing.kind, sent.kind)
    if (sent.kind === 'delivered') this.#inFlight.answered(outgoing.command.id, sent) // settled later, by another write
    try {
      const givenUp = await concluded(outgoing, sent)
      this.#inFlight.answered(outgoing.command.id, givenUp ?? sent)
      incidents.succeeded('records', 'command.recorded')
    } catch (thrown) {
      // The debt stays owed. Its lease ends by itself, and the sweep claims it then.
      this.#inFlight.answered(outgoing.command.id, sent)
      const why = reasonOf(thrown)
      const fields = { command: outgoing.command.id, why }
      incidents.report({ code: 'command.not-recorded', group: 'records', kind: kindOfReason(why), fields })
    }
  }

  #pull(queue: ChannelQueue<OutgoingCommand>): void {
    for (let queued = queue.pull(); queued !== undefined; queued = queue.pull()) {
      const { item: outgoing } = queued
      const isStarted = this.#start(queue, outgoing)
      if (!isFirstAttempt(outgoing)) continue
      if (isStarted) this.#startBehind(outgoing.command.sagaId)
      else this.#dropBehind(outgoing.command.sagaId)
    }
  }

  /** An earlier command of the saga has started: those behind it start, or wait in the queues of their own channels. */
  #startBehind(sagaId: SagaId): void {
    for (let queued = this.#order.next(sagaId); queued !== undefined; queued = this.#order.next(sagaId)) {
      const { queue, item } = queued
      if (!queue.isFree) return void queue.push(queued)
      queue.dismiss(queued)
      if (!this.#start(queue, item)) return this.#dropBehind(sagaId)
    }
    this.#order.close(sagaId)
  }

  /** An earlier command of the saga was dropped, so none behind it may start first: the store still owes them (P13, P16). */
  #dropBehind(sagaId: SagaId): void {
    for (const queued of this.#order.close(sagaId)) {
      queued.queue.dismiss(queued)
      this.#options.metrics.count('relay-forgotten')
      this.#drop(queued.item)
    }
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

  #drop(outgoing: OutgoingCommand): void {
    this.#options.dropped(outgoing)
    this.#inFlight.release(outgoing.command.id)
  }
}

function isSentOnce({ attempts }: Channel, { kind }: OutgoingCommand): boolean {
  return attempts === 1 && kind === 'command'
}

/** A channel that breaks its contract and throws counts as unreachable. */
async function send(channel: Channel, command: Command): Promise<Sent> {
  try {
    return await channel.send(command)
  } catch (thrown) {
    return { kind: 'unreachable', why: reasonOf(thrown) }
  }
}
