import type { Command, Instant, SagaId } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Channel, Sent } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Runtime } from '../ports/runtime.ts'
import { kindOfReason } from './incidents.ts'
import type { Incidents } from './incidents.ts'
import { InFlight } from './in-flight.ts'
import { ChannelQueue } from './channel-queue.ts'
import type { QueuedItem } from './channel-queue.ts'

/** A command on its way out. */
export interface OutgoingCommand {
  readonly command: Command
  readonly kind: 'command' | 'side-effect'
  /** Answers that the debt had when it was taken up; a failure counts only against the same number (P14). */
  readonly attempts: number
  /** It was started before, here or elsewhere: it waits for nobody, and nobody waits for it (P13). */
  readonly isRetry?: boolean | undefined
  /** Monotonic instant at which the lease ends: from then on the send is not started (P14). */
  readonly expires: number
  /** The end of the lease as it was written. */
  readonly due?: Instant | undefined
  /** Recovery took it up: it waits beside what is new, not before it. */
  readonly isRecovered?: boolean | undefined
}

export interface RelayOptions {
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly incidents: Incidents
  /** What may wait in each lane: so many parcels, so many estimated bytes of payload (P16). */
  readonly queue: { readonly commands: number; readonly bytes: number }
  readonly sendsAtOnce: number
  /** Called once for every parcel that was started, with what became of it; awaited before the parcel is let go. */
  readonly concluded: (parcel: OutgoingCommand, sent: Sent) => Promise<void> | void
  /** Called for every parcel that was taken and then not started. */
  readonly dropped: (parcel: OutgoingCommand) => void
  /** Called where recovery has room in a channel again, and whenever a silent participant has answered. */
  readonly freed?: ((channel: string) => void) | undefined
}

/**
 * Sends commands, side by side, within bounds. The first attempts of one saga start in the order they were offered; none
 * waits for another to finish (P13). Lives in memory only: whatever it forgets, the store still owes (P16).
 */
export class Relay {
  readonly #options: RelayOptions
  readonly #queues = new Map<string, ChannelQueue<OutgoingCommand>>()
  readonly #inFlight = new InFlight()
  /** Per saga with a command that has not started: what was offered after it. */
  readonly #behind = new Map<SagaId, QueuedItem<OutgoingCommand>[]>()

  constructor(options: RelayOptions) {
    this.#options = options
    const bounds = { ...options.queue, sendsAtOnce: options.sendsAtOnce }
    for (const [id, channel] of options.channels) this.#queues.set(id, new ChannelQueue(channel, bounds))
  }

  /** Whether this command is queued or under way. */
  holds(id: string): boolean {
    return this.#inFlight.has(id)
  }

  /** What the participant says to a command that is held; `undefined` where it is not, or was not sent after all. */
  fateOf(id: string): Promise<Sent | undefined> {
    return this.#inFlight.fateOf(id)
  }

  /** Whether nothing more may wait for this channel, or there is no such channel. */
  isFull(channel: string): boolean {
    return this.#queues.get(channel)?.isFull ?? true
  }

  /** How many more recovery may take up for this channel (P16); none where there is no such channel. */
  spare(channel: string): number {
    return this.#queues.get(channel)?.spare ?? 0
  }

  /** Whether this channel's participant gave no answer last. */
  isSilent(channel: string): boolean {
    return this.#queues.get(channel)?.isSilent ?? false
  }

  /**
   * Something to wait for where more comes in than goes out, so that commands need not be forgotten and found again by the
   * sweep. Only a channel that groups is waited for, and only while it moves: it is quick, or it is away, and then, like every
   * slow participant, it holds up nobody else's events (I5).
   */
  backpressure(): Promise<void> | undefined {
    const { runtime } = this.#options
    for (const lane of this.#queues.values()) {
      if (lane.channel.sendsAtOnce === undefined || !lane.isCrowded) continue
      if (runtime.monotonic() - lane.moved > MOVING) continue
      return new Promise((resolve) => runtime.after(CROWDED, resolve))
    }
    return undefined
  }

  /** Takes a parcel, or answers false: no such channel, no room. Then it is as if it had never been offered. */
  offer(parcel: OutgoingCommand): boolean {
    const { id, channel, sagaId } = parcel.command
    const lane = this.#queues.get(channel)
    const behind = isFirst(parcel) ? this.#behind.get(sagaId) : undefined
    if (lane !== undefined && behind === undefined && lane.isFree) {
      this.#inFlight.add(id)
      this.#start(lane, parcel)
      return true
    }
    if (lane !== undefined) this.#dropExpired(lane)
    if (lane === undefined || lane.isFull) {
      this.#options.metrics.count('relay-forgotten')
      return false
    }
    this.#inFlight.add(id)
    this.#queue(lane, parcel, behind)
    return true
  }

  /** Resolves when nothing is queued or under way. */
  idle(): Promise<void> {
    return this.#inFlight.idle()
  }

  #queue(
    lane: ChannelQueue<OutgoingCommand>,
    parcel: OutgoingCommand,
    behind: QueuedItem<OutgoingCommand>[] | undefined,
  ): void {
    const queued = lane.admit(parcel)
    if (behind !== undefined) return void behind.push(queued)
    lane.push(queued)
    if (isFirst(parcel)) this.#behind.set(parcel.command.sagaId, [])
  }

  /** `false` where the lease has ended: then it is not started (P14). */
  #start(lane: ChannelQueue<OutgoingCommand>, parcel: OutgoingCommand): boolean {
    const { runtime, metrics } = this.#options
    if (runtime.monotonic() >= parcel.expires) {
      metrics.count('relay-expired')
      this.#drop(parcel)
      return false
    }
    if (lane.begin()) lane.moved = runtime.monotonic()
    const sending = this.#carry(lane, parcel).finally(() => {
      lane.end()
      this.#inFlight.release(parcel.command.id)
      this.#pull(lane)
      if (!lane.isSilent && lane.isHungry) this.#options.freed?.(lane.channel.id)
    })
    runtime.waitUntil(sending)
    return true
  }

  async #carry(lane: ChannelQueue<OutgoingCommand>, parcel: OutgoingCommand): Promise<void> {
    const { runtime, metrics, concluded, incidents } = this.#options
    const { channel } = lane
    const began = runtime.monotonic()
    const sent = await send(channel, parcel.command)
    lane.heard(sent, began, runtime.monotonic())
    metrics.sent(channel.id, parcel.kind, sent.kind)
    this.#inFlight.tell(parcel.command.id, sent)
    try {
      await concluded(parcel, sent)
      incidents.succeeded('records', 'command.recorded')
    } catch (thrown) {
      // The debt stays owed and its lease ends by itself: the sweep has it.
      const why = reasonOf(thrown)
      const fields = { command: parcel.command.id, why }
      incidents.report({ code: 'command.not-recorded', group: 'records', kind: kindOfReason(why), fields })
    }
  }

  #pull(lane: ChannelQueue<OutgoingCommand>): void {
    for (let queued = lane.pull(); queued !== undefined; queued = lane.pull()) {
      const { item } = queued
      const isStarted = this.#start(lane, item)
      if (!isFirst(item)) continue
      if (isStarted) this.#follow(item.command.sagaId)
      else this.#forgetBehind(item.command.sagaId)
    }
  }

  /** An earlier command of the saga has started: the next ones may take their places. */
  #follow(sagaId: SagaId): void {
    const behind = this.#behind.get(sagaId)
    for (let queued = behind?.shift(); queued !== undefined; queued = behind?.shift()) {
      const { queue, item } = queued
      if (!queue.isFree) return void queue.push(queued)
      queue.dismiss(queued)
      if (!this.#start(queue, item)) return this.#forgetBehind(sagaId)
    }
    this.#behind.delete(sagaId)
  }

  /** An earlier command was not started after all, so none of these may be the first: the store owes them still (P13, P16). */
  #forgetBehind(sagaId: SagaId): void {
    const behind = this.#behind.get(sagaId) ?? []
    this.#behind.delete(sagaId)
    for (const queued of behind) {
      queued.queue.dismiss(queued)
      this.#options.metrics.count('relay-forgotten')
      this.#drop(queued.item)
    }
  }

  /** What has outlived its lease must not keep a place. */
  #dropExpired(lane: ChannelQueue<OutgoingCommand>): void {
    const now = this.#options.runtime.monotonic()
    for (let queued = lane.pullExpired(now); queued !== undefined; queued = lane.pullExpired(now)) {
      this.#options.metrics.count('relay-expired')
      this.#drop(queued.item)
      if (isFirst(queued.item)) this.#forgetBehind(queued.item.command.sagaId)
    }
  }

  #drop(parcel: OutgoingCommand): void {
    this.#options.dropped(parcel)
    this.#inFlight.release(parcel.command.id)
  }
}

/** A lane moves that had an answer within so many ms; connecting may take a moment. */
const MOVING = 3_000
/** How soon it is looked again whether there is room. */
const CROWDED = 2

/** First attempts keep the order of their saga; retries and side effects have none (P13). */
function isFirst({ kind, isRetry, attempts }: OutgoingCommand): boolean {
  return kind === 'command' && isRetry !== true && attempts === 0
}

async function send(channel: Channel, command: Command): Promise<Sent> {
  try {
    return await channel.send(command)
  } catch (thrown) {
    return { kind: 'unreachable', why: reasonOf(thrown) }
  }
}
