import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Commands that a participant has received, and events of it that were taken. */
export interface Received {
  readonly answered: number
  readonly count: number
  readonly first: number
  readonly last: number
}

/** A participant in a process of its own. */
export class AnsweringParticipant {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async open(port = 0): Promise<AnsweringParticipant> {
    const child = fork(new URL('answering-participant.child.ts', import.meta.url), [String(port)], { execArgv: [] })
    const [listening] = (await once(child, 'message')) as [number]
    return new AnsweringParticipant(child, listening)
  }

  async seen(order: 'seen' | 'reset' = 'seen'): Promise<Received> {
    this.#child.send(order)
    const [seen] = (await once(this.#child, 'message')) as [Received]
    return seen
  }

  /** Ids of the sagas that have sent a command. */
  async keys(): Promise<readonly string[]> {
    this.#child.send('keys')
    const [keys] = (await once(this.#child, 'message')) as [readonly string[]]
    return keys
  }

  /** From now on each command is answered with the event `answered`. */
  async answers(url: string): Promise<void> {
    this.#child.send({ url })
    await once(this.#child, 'message')
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}
