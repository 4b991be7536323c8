import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Cancel, Runtime } from '../../../src/ports/runtime.ts'
import type { Driver, Message, Producer } from './driver.ts'
import { failure, isOfOneMessage } from './failure.ts'
import { byTopic, partsOf, sizeOf } from './requests.ts'
import type { Addressed } from './requests.ts'
import { within } from './within.ts'

/** How long the first of a group waits for others. */
const LINGER: Duration = 2
/** Of one request, well below a broker's 1 MiB for a partition (`message.max.bytes`). */
const MOST_RECORDS = 800
const MOST_BYTES = 900_000
/** Of all that wait: what is more stays in the store, where it is owed (P16). */
const MOST_WAITING = 64 * 1_048_576
/** A request that has not ended by then never will, whatever the library says. */
const MOST_WAIT: Duration = 20_000
/** How often it is looked what has waited too long. */
const LOOK: Duration = 250
/** The wait before what did not reach its partition is sent again, where that is waited for. */
const AGAIN: Duration = 250
/** How long each partition has requests of its own after one has refused what others took. */
const APART: Duration = 10_000
const CLOSED = 'send to the Kafka brokers: the producer is closed'
const FULL = 'send to the Kafka brokers: too much is waiting'

interface Item extends Addressed {
  readonly bytes: number
  readonly done: PromiseWithResolvers<void>
  /** Monotonic instant at which nobody waits for it any more. */
  readonly expires: number
  /** Up to this one it is sent again where no broker took it. */
  readonly patient: number
  abandoned: boolean
}

/**
 * Groups what is sent at about the same time into few requests. One request after the other: that keeps the order of each key.
 *
 * A producer that has failed once is never used again. An idempotent producer numbers its records, and kafkajs gives the
 * numbers of a failed request, which may have landed, to the next one: the broker would take that for the same and drop it.
 */
export class Batcher {
  readonly #driver: Pick<Driver, 'producer'>
  readonly #runtime: Runtime
  readonly #patience: Duration
  readonly #queue: Item[] = []
  /** Messages that no broker took; a retry may succeed. */
  readonly #later: Item[] = []
  #againAt = 0
  /** Whoever still waits for one. */
  readonly #open = new Set<Item>()
  #bytes = 0
  #apartUntil = 0
  #looks: Cancel | undefined
  #producer: Producer | undefined
  #running: Promise<void> | undefined
  #closed = false

  /** `patience`: for how long a message is sent again that no broker takes, since a leader that is lost has a successor soon. */
  constructor(driver: Pick<Driver, 'producer'>, runtime: Runtime, patience: Duration = 0) {
    this.#driver = driver
    this.#runtime = runtime
    this.#patience = patience
  }

  /** Resolves when the message is durable in every one of the topics. Rejects with a `BatutaError` within `timeout`. */
  put(topics: readonly string[], message: Message, timeout: Duration): Promise<void> {
    if (this.#closed) return Promise.reject(new BatutaError('broker-unreachable', CLOSED))
    const bytes = sizeOf(message)
    if (this.#bytes > MOST_WAITING) return Promise.reject(new BatutaError('broker-unreachable', FULL))
    const now = this.#runtime.monotonic()
    const times = { expires: now + timeout, patient: now + this.#patience }
    const item = { topics, message, bytes, done: Promise.withResolvers<void>(), ...times, abandoned: false }
    this.#queue.push(item)
    this.#open.add(item)
    this.#bytes += bytes
    this.#looks ??= this.#runtime.every(LOOK, () => this.#abandon())
    this.#running ??= this.#run()
    return item.done.promise
  }

  /** One timer for all of them. */
  #abandon(): void {
    const now = this.#runtime.monotonic()
    for (const item of this.#open) {
      if (now < item.expires) continue
      item.abandoned = true
      this.#end(item, new BatutaError('broker-unreachable', 'send to the Kafka brokers: no answer in time'))
    }
  }

  #end(item: Item, failed?: BatutaError): void {
    if (!this.#open.delete(item)) return
    this.#bytes -= item.bytes
    if (failed === undefined) item.done.resolve()
    else item.done.reject(failed)
    if (this.#open.size > 0) return
    this.#looks?.()
    this.#looks = undefined
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#producer?.close()
  }

  async #run(): Promise<void> {
    try {
      await new Promise<void>((resolve) => this.#runtime.after(LINGER, resolve))
      while (this.#queue.length > 0 || this.#later.length > 0) {
        await this.#remind()
        const group = this.#next()
        if (group.length > 0) await (this.#isApart ? this.#sendApart(group) : this.#send(group))
      }
    } finally {
      this.#running = undefined // in the same moment as the look: what is put after it begins anew
    }
  }

  /** Postponed messages go back before those that came after them, once their wait is over. */
  async #remind(): Promise<void> {
    if (this.#later.length === 0) return
    const wait = this.#againAt - this.#runtime.monotonic()
    if (wait > 0 && this.#queue.length > 0) return
    if (wait > 0) await new Promise<void>((resolve) => this.#runtime.after(wait, resolve))
    this.#queue.unshift(...this.#later.splice(0))
  }

  /** True where the message is sent again later. */
  #isPutOff(item: Item, { code }: BatutaError): boolean {
    const now = this.#runtime.monotonic()
    if (code !== 'broker-unreachable' || this.#closed || item.abandoned || now >= item.patient) return false
    if (this.#later.length === 0) this.#againAt = now + AGAIN
    this.#later.push(item)
    return true
  }

  #next(): Item[] {
    const group: Item[] = []
    let bytes = 0
    let taken = 0
    for (const item of this.#queue) {
      if (group.length >= MOST_RECORDS || (group.length > 0 && bytes + item.bytes > MOST_BYTES)) break
      taken++
      if (item.abandoned) continue
      group.push(item)
      bytes += item.bytes
    }
    this.#queue.splice(0, taken)
    return group
  }

  get #isApart(): boolean {
    return this.#runtime.monotonic() < this.#apartUntil
  }

  /** A second try with a new producer: a line that was closed while nobody sent is no news to anybody. */
  async #send(group: readonly Item[], isSecond = false): Promise<void> {
    let producer: Producer | undefined
    try {
      producer = this.#producer ??= await this.#connect()
      const wanted = group.filter(({ abandoned }) => !abandoned)
      if (wanted.length === 0) return
      await within(this.#runtime, MOST_WAIT, 'send to the Kafka brokers', producer.send(byTopic(wanted)))
      for (const item of wanted) this.#end(item)
    } catch (thrown) {
      this.#drop()
      const failed = failure('send to the Kafka brokers', thrown)
      if (isOfOneMessage(failed) && group.length > 1) return this.#sendEach(group)
      const left = group.filter(({ abandoned }) => !abandoned)
      if (failed.retryable && !isSecond && left.length > 0) return this.#send(left, true)
      // One partition may refuse what others take; then nobody says which, nor what was written.
      if (producer !== undefined) this.#apartUntil = this.#runtime.monotonic() + APART
      if (producer !== undefined && partsOf(left, producer).length > 1) return this.#sendApart(left)
      for (const item of left) if (!this.#isPutOff(item, failed)) this.#end(item, failed)
    }
  }

  /** A request for each partition, so that those that work need not be written again and again (P20). */
  async #sendApart(group: readonly Item[]): Promise<void> {
    const producer = (this.#producer ??= await this.#connect().catch(() => undefined))
    for (const part of producer === undefined ? [group] : partsOf(group, producer)) await this.#send(part)
  }

  async #connect(): Promise<Producer> {
    const opening = this.#driver.producer()
    return within(this.#runtime, MOST_WAIT, 'connect a producer', opening).catch((thrown: unknown) => {
      opening.then((late) => late.close()).catch(() => undefined)
      throw thrown
    })
  }

  /** One of them was too large, or is refused for what it is: the others must not suffer for it. */
  async #sendEach(group: readonly Item[]): Promise<void> {
    for (const item of group) await this.#send([item])
  }

  #drop(): void {
    this.#producer?.close().catch(() => undefined) // it has failed already
    this.#producer = undefined
  }
}
