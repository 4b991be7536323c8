import type { Command, CommandId, Duration } from '../../src/engine/saga.ts'
import type { Channel, ChannelRetry, Sent } from '../../src/ports/channel.ts'

/** A channel whose participant answers what the test says, when the test says it. */
export interface FakeChannel extends Channel {
  /** Every command that was begun to be sent, in order, repeats included. */
  readonly begun: readonly Command[]
  /** The same as ids. */
  readonly ids: readonly CommandId[]
  /** Sends that have no answer yet. */
  readonly open: number
  /** Answers the oldest open send of this command. */
  answer(id: CommandId, sent?: Sent): void
  /** Breaks the contract: the oldest open send of this command throws. */
  fail(id: CommandId, thrown: unknown): void
  /** From now on every send, the open ones included, is answered at once; `undefined` takes it back. */
  always(sent: Sent | undefined): void
}

export const DELIVERED: Sent = { kind: 'delivered' }
export const BUSY: Sent = { kind: 'rejected', status: 503, retryable: true }
export const SILENT: Sent = { kind: 'unreachable', why: 'nobody answers' }

/** `retry`: as in saga.json, or the number of attempts alone; absent: a command is sent until it is delivered. */
export function fakeChannel(id: string, timeout: Duration = 10_000, retry?: number | ChannelRetry): FakeChannel {
  return new Answering(id, timeout, typeof retry === 'number' ? { attempts: retry } : retry)
}

interface Open {
  readonly id: CommandId
  readonly resolve: (sent: Sent) => void
  readonly reject: (thrown: unknown) => void
}

class Answering implements FakeChannel {
  readonly id: string
  readonly timeout: Duration
  readonly retry: ChannelRetry | undefined
  readonly begun: Command[] = []
  readonly #open: Open[] = []
  #always: Sent | undefined

  constructor(id: string, timeout: Duration, retry: ChannelRetry | undefined) {
    this.id = id
    this.timeout = timeout
    this.retry = retry
  }

  get ids(): readonly CommandId[] {
    return this.begun.map(({ id }) => id)
  }

  get open(): number {
    return this.#open.length
  }

  send(command: Command): Promise<Sent> {
    this.begun.push(command)
    if (this.#always !== undefined) return Promise.resolve(this.#always)
    return new Promise((resolve, reject) => this.#open.push({ id: command.id, resolve, reject }))
  }

  answer(id: CommandId, sent: Sent = DELIVERED): void {
    this.#take(id).resolve(sent)
  }

  fail(id: CommandId, thrown: unknown): void {
    this.#take(id).reject(thrown)
  }

  always(sent: Sent | undefined): void {
    this.#always = sent
    if (sent !== undefined) for (const { resolve } of this.#open.splice(0)) resolve(sent)
  }

  probe = async () => ({ ok: true }) as const
  close = async (): Promise<void> => undefined

  #take(id: CommandId): Open {
    const at = this.#open.findIndex((open) => open.id === id)
    const [open] = at === -1 ? [] : this.#open.splice(at, 1)
    if (open === undefined) throw new TypeError(`answer a send: "${id}" is not under way on "${this.id}"`)
    return open
  }
}
