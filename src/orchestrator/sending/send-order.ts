import type { SagaId } from '../../engine/saga.ts'
import type { QueuedItem } from './channel-queue.ts'
import { isFirstAttempt } from './outgoing-command.ts'
import type { OutgoingCommand } from './outgoing-command.ts'

type Queued = QueuedItem<OutgoingCommand>

/**
 * Starts the first attempts of one saga in the order in which they were offered (P13), over all channels. While the first one
 * waits in its channel queue, the later ones wait behind it.
 */
export class SendOrder {
  readonly #behind = new Map<SagaId, Queued[]>()

  /** The line that this command has to join; `undefined` where no earlier first attempt of its saga waits. */
  lineOf(outgoing: OutgoingCommand): Queued[] | undefined {
    return isFirstAttempt(outgoing) ? this.#behind.get(outgoing.command.sagaId) : undefined
  }

  /** This command waits in its channel queue: later first attempts of its saga line up behind it. */
  open(outgoing: OutgoingCommand): void {
    if (isFirstAttempt(outgoing)) this.#behind.set(outgoing.command.sagaId, [])
  }

  /** Takes the next command out of the line. */
  next(sagaId: SagaId): Queued | undefined {
    return this.#behind.get(sagaId)?.shift()
  }

  /** Cuts each line at its first command that matches, since none behind it may start first; returns the commands cut off. */
  cut(matches: (outgoing: OutgoingCommand) => boolean): readonly Queued[] {
    const withdrawn: Queued[] = []
    for (const line of this.#behind.values()) {
      const at = line.findIndex(({ item }) => matches(item))
      if (at !== -1) withdrawn.push(...line.splice(at))
    }
    return withdrawn
  }

  /** Ends the line; returns the commands that still waited in it. */
  close(sagaId: SagaId): readonly Queued[] {
    const behind = this.#behind.get(sagaId) ?? NONE
    this.#behind.delete(sagaId)
    return behind
  }
}

const NONE: readonly Queued[] = []
