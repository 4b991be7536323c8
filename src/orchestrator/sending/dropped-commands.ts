import type { CommandId, SagaId } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { ChannelQueue } from './channel-queue.ts'
import type { InFlight } from './in-flight.ts'
import { isFirstAttempt } from './outgoing-command.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { SendOrder } from './send-order.ts'

/** Options of `DroppedCommands`. */
export interface DroppedCommandsOptions {
  readonly order: SendOrder
  readonly inFlight: Pick<InFlight, 'release'>
  readonly runtime: Pick<Runtime, 'monotonic'>
  readonly metrics: Pick<Metrics, 'count'>
  /** Called for every command that was accepted and then not sent. */
  readonly dropped: (outgoing: OutgoingCommand) => void
}

/** Takes accepted commands out of memory before their send begins: the store still owes them, and those behind them (P13, P16). */
export class DroppedCommands {
  readonly #options: DroppedCommandsOptions

  constructor(options: DroppedCommandsOptions) {
    this.#options = options
  }

  /**
   * Drops the commands that match and have not started, and the first attempts of their sagas behind them (P13). Returns the ids of
   * all that it dropped.
   */
  withdraw(
    queues: Iterable<ChannelQueue<OutgoingCommand>>,
    matches: (outgoing: OutgoingCommand) => boolean,
  ): readonly CommandId[] {
    const withdrawn: CommandId[] = []
    for (const queue of queues) {
      for (const { item } of queue.withdraw(matches)) {
        withdrawn.push(item.command.id)
        this.forget(item)
        if (isFirstAttempt(item)) withdrawn.push(...this.behind(item.command.sagaId))
      }
    }
    for (const queued of this.#options.order.cut(matches)) {
      queued.queue.dismiss(queued)
      withdrawn.push(queued.item.command.id)
      this.forget(queued.item)
    }
    return withdrawn
  }

  /** An earlier command of the saga was dropped, so none behind it may start first: the store still owes them (P13, P16). */
  behind(sagaId: SagaId): readonly CommandId[] {
    return this.#options.order.close(sagaId).map((queued) => {
      queued.queue.dismiss(queued)
      this.forget(queued.item)
      return queued.item.command.id
    })
  }

  /** Commands whose lease has ended make place for others. */
  expired(queue: ChannelQueue<OutgoingCommand>): void {
    const now = this.#options.runtime.monotonic()
    for (let queued = queue.pullExpired(now); queued !== undefined; queued = queue.pullExpired(now)) {
      this.expire(queued.item)
      if (isFirstAttempt(queued.item)) this.behind(queued.item.command.sagaId)
    }
  }

  /** The lease of this command has ended (P14). */
  expire(outgoing: OutgoingCommand): void {
    this.#options.metrics.count('relay-expired')
    this.drop(outgoing)
  }

  /** There is no place for this command. */
  forget(outgoing: OutgoingCommand): void {
    this.#options.metrics.count('relay-forgotten')
    this.drop(outgoing)
  }

  drop(outgoing: OutgoingCommand): void {
    this.#options.dropped(outgoing)
    this.#options.inFlight.release(outgoing.command.id)
  }
}
