import type { CommandId } from '../../engine/saga.ts'
import type { Sent } from '../../ports/channel.ts'

/**
 * Sends under way in channels with one attempt. Their end must be recorded before that of the process: the next one would send them
 * again (P15).
 */
export class OnceSends {
  readonly #ends = new Map<CommandId, (sent: Sent) => void>()
  #isOver = false

  /** No further send may start. */
  get isOver(): boolean {
    return this.#isOver
  }

  get ids(): readonly CommandId[] {
    return [...this.#ends.keys()]
  }

  /** The result of a send; no answer, if `end` comes first. */
  resultOf(id: CommandId, sending: Promise<Sent>): Promise<Sent> {
    return new Promise((resolve) => {
      const end = (sent: Sent) => {
        this.#ends.delete(id)
        resolve(sent)
      }
      this.#ends.set(id, end)
      void sending.then(end)
    })
  }

  /** Ends all sends under way as those without an answer. */
  end(): void {
    this.#isOver = true
    for (const end of this.#ends.values()) end(STOPPED)
  }
}

const STOPPED: Sent = { kind: 'unreachable', why: 'the service stopped before the answer' }
