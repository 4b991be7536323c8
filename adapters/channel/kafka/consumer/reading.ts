import type { Duration, SagaEvent } from '../../../src/engine/saga.ts'
import { messageOf } from '../../../src/errors.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Intake, Stuck, Taken } from '../../../src/ports/source.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Batch, Received } from './driver.ts'
import type { Place, Standstill } from './places.ts'
import { readRecord } from './record.ts'
import type { Shelf } from './record.ts'
import type { Slots } from './slots.ts'

/** What all batches have in common. */
export interface ReaderOptions {
  readonly intake: Intake
  /** Id of the cluster, for ids of events that came without one (P7). */
  readonly cluster: string
  /** Where records go that no saga can take. */
  readonly deadLetters: DeadLetters | undefined
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Events that may be in the corridor at once, over all partitions. */
  readonly slots: Slots
  readonly sessionTimeout: Duration
}

export interface ReadingOptions extends ReaderOptions {
  readonly batch: Batch
  readonly place: Place
  readonly isOn: () => boolean
  readonly isOpen: () => boolean
}

/** What became of a batch's records. */
export interface Read {
  /** How many are settled from its beginning on. */
  readonly settled: number
  /** Offsets behind the first unsettled record that are settled. */
  readonly beyond: readonly string[]
  /** Why the first unsettled record is not, where it could not be: others must not wait for it. */
  readonly stuck: Stuck | undefined
}

/** An event that cannot be written is put aside so often before it becomes a dead letter (P20). */
const TIMES_PUT_ASIDE = 5
/** How often it is looked whether anything may be taken in again. */
const LOOK: Duration = 100

/** One batch on its way through the corridor: different sagas side by side, one saga's events in order (C4.6, I5). */
export class Reading {
  readonly #options: ReadingOptions
  readonly #shelf: Shelf
  readonly #settled: boolean[]
  /** Of each saga: the end of its latest event. */
  readonly #tails = new Map<string, Promise<void>>()
  /** Sagas whose next event could not be settled: nothing of theirs may overtake it. */
  readonly #held = new Set<string>()
  readonly #stuck = new Map<number, Stuck>()

  constructor(options: ReadingOptions) {
    const { batch, place, cluster } = options
    this.#options = options
    this.#shelf = { cluster, topic: batch.topic, partition: batch.partition }
    this.#settled = batch.records.map(({ offset }) => place.isSettled(offset))
  }

  async all(): Promise<Read> {
    const under: Promise<unknown>[] = []
    for (const [index, record] of this.#options.batch.records.entries()) {
      if (this.#settled[index] === true) continue
      if (!this.#mayGoOn() && !(await this.#untilOpen())) break
      const begun = this.#begin(index, record)
      under.push(begun.work)
      if (begun.room !== undefined) await begun.room
    }
    await Promise.all(under)
    return this.#result()
  }

  #mayGoOn(): boolean {
    const { isOn, isOpen } = this.#options
    return isOn() && isOpen()
  }

  async #untilOpen(): Promise<boolean> {
    const { isOn, isOpen, runtime } = this.#options
    while (isOn()) {
      if (isOpen()) return true
      await new Promise<void>((resolve) => runtime.after(LOOK, resolve))
    }
    return false
  }

  /** `room`: to be waited for before the next one begins. An event behind another of its saga waits for that one only. */
  #begin(
    index: number,
    record: Received,
  ): { readonly work: Promise<unknown>; readonly room?: Promise<void> | undefined } {
    const { topic, partition } = this.#shelf
    const read = readRecord(this.#shelf, record)
    if (!read.ok) return { work: this.#bury(index, record, read.reason, read.why) }
    const event = { ...read.event, origin: `${topic}/${partition}/${record.offset}` }
    const tail = this.#tails.get(event.sagaId)
    const room = tail === undefined ? this.#options.slots.take() : undefined
    const work = this.#inTurn(tail, room, index, record, event)
    this.#tails.set(event.sagaId, work)
    return { work, room }
  }

  async #inTurn(
    tail: Promise<void> | undefined,
    room: Promise<void> | undefined,
    index: number,
    record: Received,
    event: SagaEvent,
  ): Promise<void> {
    const { slots } = this.#options
    await tail
    await (tail === undefined ? room : slots.take())
    try {
      await this.#take(index, record, event)
    } finally {
      slots.give()
    }
  }

  async #take(index: number, record: Received, event: SagaEvent): Promise<void> {
    if (this.#held.has(event.sagaId) || !(this.#mayGoOn() || (await this.#untilOpen()))) return
    if (!(await this.#isSettled(index, record, await this.#handIn(event)))) this.#held.add(event.sagaId)
  }

  /** An intake does not throw. Should it do so all the same, that must not end the consumer: its successor would meet the same record. */
  async #handIn(event: SagaEvent): Promise<Taken | Thrown> {
    const { intake, isOn } = this.#options
    try {
      return await intake.take(event, isOn)
    } catch (thrown) {
      return { kind: 'thrown', why: `handling the event failed: ${messageOf(thrown)}` }
    }
  }

  async #isSettled(index: number, record: Received, taken: Taken | Thrown): Promise<boolean> {
    const { place, deadLetters } = this.#options
    switch (taken.kind) {
      case 'settled':
        this.#settle(index)
        return true
      case 'poison':
        return this.#bury(index, record, taken.reason, taken.why)
      case 'stuck':
        if (deadLetters !== undefined && isHopeless(taken, place.standstill(record.offset)))
          return this.#bury(index, record, 'stuck', place.standstill(record.offset)?.why ?? taken.why)
        this.#stuck.set(index, taken)
        return false
      case 'thrown':
        // It may pass, and the event may be money; where it does not, the others of its partition go on without it.
        if ((place.standstill(record.offset)?.times ?? 0) >= TIMES_PUT_ASIDE)
          return this.#bury(index, record, 'failed', taken.why)
        this.#stuck.set(index, { kind: 'stuck', why: taken.why, lastWritten: Number.NEGATIVE_INFINITY })
        return false
      case 'unwanted':
        return false
    }
  }

  #settle(index: number): void {
    this.#settled[index] = true
    this.#options.place.work(this.#options.runtime.monotonic())
  }

  /** What no saga can take: said once, counted, kept where somebody looks, and the partition goes on (P20). */
  async #bury(index: number, record: Received, reason: string, why: string): Promise<boolean> {
    const { deadLetters, isOn } = this.#options
    this.#tell(record, reason, why)
    const kept = (await deadLetters?.put(this.#shelf, record, reason, why, isOn)) ?? 'kept'
    if (kept === 'unwanted') return false
    // Without such a topic it would be gone as well; but what is only stuck is an event, and may be money.
    const isPassedOver = kept !== 'kept' && kept.isRefused && reason !== 'stuck'
    if (isPassedOver) this.#tell(record, 'dead-letter', kept.why)
    else if (kept !== 'kept') {
      this.#stuck.set(index, { kind: 'stuck', why: kept.why, lastWritten: Number.NEGATIVE_INFINITY, isKept: false })
      return false
    }
    this.#settle(index)
    return true
  }

  #tell(record: Received, reason: string, why: string): void {
    const { runtime, metrics, place } = this.#options
    const { topic, partition } = this.#shelf
    const { offset } = record
    if (!place.isNews(offset, reason)) return // it is read again because it was not kept
    if (!LOGGED_BEFORE.has(reason))
      runtime.log.error('a record is no event of a saga', { topic, partition, offset, reason, why })
    metrics.count(`poison-${reason}`)
  }

  #result(): Read {
    const { records } = this.#options.batch
    const first = this.#settled.indexOf(false)
    const settled = first === -1 ? records.length : first
    const beyond = records.flatMap(({ offset }, index) => (index > settled && this.#settled[index] ? [offset] : []))
    return { settled, beyond, stuck: this.#stuck.get(first) }
  }
}

/**
 * Whether an event that was put aside again and again is to become a dead letter: only if others were written meanwhile. Where
 * nobody can write, it is an outage that the store's probe does not see, and the event is money (P20).
 */
function isHopeless({ isKept, lastWritten }: Stuck, before: Standstill | undefined): boolean {
  return isKept !== false && before !== undefined && before.times >= TIMES_PUT_ASIDE && lastWritten > before.since
}

/** An event that the corridor threw over. */
interface Thrown {
  readonly kind: 'thrown'
  readonly why: string
}

/** The corridor has said it, with the place. */
const LOGGED_BEFORE: ReadonlySet<string> = new Set(['unexpected', 'refused'])
