import type { Duration } from '../../../../src/engine/saga.ts'
import { BatutaError } from '../../../../src/errors.ts'
import type { Cancel, Runtime } from '../../../../src/ports/runtime.ts'
import type { KafkaDriver, KafkaMessage } from '../driver.ts'
import { sleep } from '../timing.ts'
import { GroupSender } from './group-sender.ts'
import { sizeOf } from './requests.ts'
import type { AddressedMessage } from './requests.ts'

/** Time that the first message of a group waits for others. */
const LINGER: Duration = 2
/** Bounds of one request, well below a broker's 1 MiB for a partition (`message.max.bytes`). */
const MOST_RECORDS = 800
const MOST_BYTES = 900_000
/** Bytes that wait in all. Further messages stay in the outbox (P16). */
const MOST_WAITING = 64 * 1_048_576
/** Interval of the check for expired messages. */
const EXPIRY_CHECK: Duration = 250
/** The wait before messages that no broker took are sent again. */
const RETRY_WAIT: Duration = 250
const CLOSED = 'send to the Kafka brokers: the producer is closed'
const FULL = 'send to the Kafka brokers: too much is waiting'
const LATE = 'send to the Kafka brokers: no answer in time'

interface QueuedMessage extends AddressedMessage {
  readonly bytes: number
  readonly done: PromiseWithResolvers<void>
  /** Monotonic instant of its time-out. */
  readonly expires: number
  /** Monotonic instant until which it is sent again where no broker took it. */
  readonly retriesUntil: number
  abandoned: boolean
}

/** Groups messages that are sent at about the same time into few requests, one after the other: that keeps the order of each key. */
export class Batcher {
  readonly #runtime: Runtime
  readonly #patience: Duration
  readonly #sender: GroupSender<QueuedMessage>
  readonly #queue: QueuedMessage[] = []
  /** Messages that no broker took, to be sent again. */
  readonly #postponed: QueuedMessage[] = []
  #retryAt = 0
  /** Messages without a result. */
  readonly #open = new Set<QueuedMessage>()
  #bytes = 0
  #cancelExpiry: Cancel | undefined
  #running: Promise<void> | undefined
  #closed = false

  /** `patience`: time in which a message that no broker takes is sent again, since a lost leader has a successor soon. */
  constructor(driver: Pick<KafkaDriver, 'producer'>, runtime: Runtime, patience: Duration = 0) {
    this.#runtime = runtime
    this.#patience = patience
    this.#sender = new GroupSender(driver, runtime, (message, failed) => this.#sent(message, failed))
  }

  /** Resolves when the message is durable in every one of the topics. Rejects with a `BatutaError` within `timeout`. */
  put(topics: readonly string[], message: KafkaMessage, timeout: Duration): Promise<void> {
    if (this.#closed) return Promise.reject(new BatutaError('broker-unreachable', CLOSED))
    if (this.#bytes > MOST_WAITING) return Promise.reject(new BatutaError('broker-unreachable', FULL))
    const bytes = sizeOf(message)
    const now = this.#runtime.monotonic()
    const times = { expires: now + timeout, retriesUntil: now + this.#patience }
    const queued = { topics, message, bytes, done: Promise.withResolvers<void>(), ...times, abandoned: false }
    this.#queue.push(queued)
    this.#open.add(queued)
    this.#bytes += bytes
    this.#cancelExpiry ??= this.#runtime.every(EXPIRY_CHECK, () => this.#expire())
    this.#running ??= this.#run()
    return queued.done.promise
  }

  /** Ends the requests under way, then closes the producer. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#sender.close()
  }

  /** One timer for all messages. */
  #expire(): void {
    const now = this.#runtime.monotonic()
    for (const message of this.#open) {
      if (now < message.expires) continue
      message.abandoned = true
      this.#end(message, new BatutaError('broker-unreachable', LATE))
    }
  }

  #end(message: QueuedMessage, failed?: BatutaError): void {
    if (!this.#open.delete(message)) return
    this.#bytes -= message.bytes
    if (failed === undefined) message.done.resolve()
    else message.done.reject(failed)
    if (this.#open.size > 0) return
    this.#cancelExpiry?.()
    this.#cancelExpiry = undefined
  }

  async #run(): Promise<void> {
    try {
      await sleep(this.#runtime, LINGER)
      while (this.#queue.length > 0 || this.#postponed.length > 0) {
        await this.#requeue()
        const group = this.#nextGroup()
        if (group.length > 0) await this.#sender.send(group)
      }
    } finally {
      this.#running = undefined // in the same tick as the check of the queues: a later `put` starts a new run
    }
  }

  /** Puts postponed messages back before later ones, once their wait is over. */
  async #requeue(): Promise<void> {
    if (this.#postponed.length === 0) return
    const wait = this.#retryAt - this.#runtime.monotonic()
    if (wait > 0 && this.#queue.length > 0) return
    if (wait > 0) await sleep(this.#runtime, wait)
    this.#queue.unshift(...this.#postponed.splice(0))
  }

  #sent(message: QueuedMessage, failed: BatutaError | undefined): void {
    if (failed === undefined || !this.#postpone(message, failed)) this.#end(message, failed)
  }

  /** True where the message is sent again later. */
  #postpone(message: QueuedMessage, { code }: BatutaError): boolean {
    const now = this.#runtime.monotonic()
    if (code !== 'broker-unreachable' || this.#closed || message.abandoned || now >= message.retriesUntil) return false
    if (this.#postponed.length === 0) this.#retryAt = now + RETRY_WAIT
    this.#postponed.push(message)
    return true
  }

  #nextGroup(): QueuedMessage[] {
    const group: QueuedMessage[] = []
    let bytes = 0
    let taken = 0
    for (const message of this.#queue) {
      if (group.length >= MOST_RECORDS || (group.length > 0 && bytes + message.bytes > MOST_BYTES)) break
      taken++
      if (message.abandoned) continue
      group.push(message)
      bytes += message.bytes
    }
    this.#queue.splice(0, taken)
    return group
  }
}
