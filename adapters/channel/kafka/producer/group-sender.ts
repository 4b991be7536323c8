import type { Duration } from '../../../../src/engine/saga.ts'
import type { BatutaError } from '../../../../src/errors.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { KafkaDriver, Producer } from '../driver.ts'
import { failureOf, isOfOneMessage } from '../failure.ts'
import { withTimeout } from '../timing.ts'
import { byTopic, partsOf } from './requests.ts'
import type { AddressedMessage } from './requests.ts'

/** Longest time of a request: after it kafkajs never answers. */
const TIMEOUT: Duration = 20_000
/** Time in which each partition has requests of its own after a request has failed. */
const APART: Duration = 10_000

/** A message of a group; `abandoned` once its sender waits for it no more. */
export interface GroupMessage extends AddressedMessage {
  readonly abandoned: boolean
}

/**
 * Sends groups of messages, one group at a time. A producer that has failed once is dropped: kafkajs gives the sequence numbers of a
 * failed request, which may have landed, to the next one, and the broker would drop that as a duplicate.
 */
export class GroupSender<Message extends GroupMessage> {
  readonly #driver: Pick<KafkaDriver, 'producer'>
  readonly #runtime: Runtime
  readonly #onSent: (message: Message, failed?: BatutaError) => void
  #producer: Producer | undefined
  #apartUntil = 0

  /** `onSent` is called once for each message, except for one that is abandoned before its result is known. */
  constructor(
    driver: Pick<KafkaDriver, 'producer'>,
    runtime: Runtime,
    onSent: (message: Message, failed?: BatutaError) => void,
  ) {
    this.#driver = driver
    this.#runtime = runtime
    this.#onSent = onSent
  }

  /** Resolves when every message has its result. */
  send(group: readonly Message[]): Promise<void> {
    return this.#runtime.monotonic() < this.#apartUntil ? this.#sendApart(group) : this.#send(group)
  }

  async close(): Promise<void> {
    await this.#producer?.close()
  }

  /** Tries twice, the second time with a new producer: the first failure may only show that an idle connection was closed. */
  async #send(group: readonly Message[], isSecond = false): Promise<void> {
    let producer: Producer | undefined
    try {
      producer = this.#producer ??= await this.#connect()
      const wanted = group.filter(({ abandoned }) => !abandoned)
      if (wanted.length === 0) return
      const sending = producer.send(byTopic(wanted))
      await withTimeout(this.#runtime, sending, { ms: TIMEOUT, action: 'send to the Kafka brokers' })
      for (const message of wanted) this.#onSent(message)
    } catch (thrown) {
      this.#drop()
      const failed = failureOf('send to the Kafka brokers', thrown)
      if (isOfOneMessage(failed) && group.length > 1) return this.#sendEach(group)
      const left = group.filter(({ abandoned }) => !abandoned)
      if (failed.retryable && !isSecond && left.length > 0) return this.#send(left, true)
      // One partition may have refused what others took; the answer does not say which, nor what was written.
      if (producer !== undefined) this.#apartUntil = this.#runtime.monotonic() + APART
      if (producer !== undefined && partsOf(left, producer).length > 1) return this.#sendApart(left)
      for (const message of left) this.#onSent(message, failed)
    }
  }

  /** One request for each partition, so that messages of working partitions are not written again and again (P20). */
  async #sendApart(group: readonly Message[]): Promise<void> {
    const producer = (this.#producer ??= await this.#connect().catch(() => undefined))
    for (const part of producer === undefined ? [group] : partsOf(group, producer)) await this.#send(part)
  }

  /** One request for each message: one of them was refused for itself, and the others must not suffer. */
  async #sendEach(group: readonly Message[]): Promise<void> {
    for (const message of group) await this.#send([message])
  }

  async #connect(): Promise<Producer> {
    const opening = this.#driver.producer()
    const action = 'connect a producer'
    return withTimeout(this.#runtime, opening, { ms: TIMEOUT, action }).catch((thrown: unknown) => {
      opening.then((late) => late.close()).catch(() => undefined)
      throw thrown
    })
  }

  #drop(): void {
    this.#producer?.close().catch(() => undefined) // it has failed already
    this.#producer = undefined
  }
}
