import type { Duration, SagaEvent } from '../../../../src/engine/saga.ts'
import { messageOf } from '../../../../src/errors.ts'
import type { HeaderIntake, Intake } from '../../../../src/ports/source.ts'
import type { Batch } from '../driver.ts'
import { sleep } from '../timing.ts'
import { decodeRecord, originOf } from './record.ts'
import type { ClusterPartition } from './record.ts'
import type { Semaphore } from './semaphore.ts'
import { Settlement } from './settlement.ts'
import type { BatchEntry, BatchSettlement, IntakeAnswer, SettlementContext } from './settlement.ts'

/** The parts that all batches of a consumer share. */
export interface ReadingContext extends Omit<SettlementContext, 'batch' | 'progress' | 'partition' | 'isOn'> {
  readonly intake: Intake
  /** Id of the cluster: part of the id of an event that has none (P7). */
  readonly cluster: string
  /** Bounds the events in the corridor, over all partitions. */
  readonly semaphore: Semaphore
  readonly sessionTimeout: Duration
  /** Absent: no headers are handed on. */
  readonly headers?: HeaderIntake | undefined
}

/** A batch to read. */
export interface BatchRequest extends Pick<SettlementContext, 'batch' | 'progress'> {
  /** False: records in flight end, and no other one begins. */
  readonly isWanted: () => boolean
  /** False: no record begins until it is true again. */
  readonly isOpen: () => boolean
}

/** The settlement of a batch, and why its reading was interrupted. */
export interface BatchResult extends BatchSettlement {
  /** The error of the first heartbeat that failed: reading was interrupted. */
  readonly interrupted: unknown
}

/** Longest ms between heartbeats to the library, which itself sends only those that are due. */
const HEARTBEAT: Duration = 1_000
/** ms between checks of a closed gate. */
const GATE_CHECK: Duration = 100

/** Reads a batch until all is settled or it is no longer wanted. Heartbeats go out meanwhile, however slow the store is. */
export async function readBatch(context: ReadingContext, request: BatchRequest): Promise<BatchResult> {
  const { runtime, sessionTimeout } = context
  const { batch, isWanted } = request
  let interrupted: unknown
  const isOn = () => interrupted === undefined && batch.isCurrent() && isWanted()
  const beat = () => void batch.heartbeat().catch((thrown: unknown) => (interrupted ??= thrown))
  const cancel = runtime.every(Math.max(1, Math.min(HEARTBEAT, Math.floor(sessionTimeout / 10))), beat)
  try {
    const read = await new Reading(context, request, isOn).all()
    return { ...read, interrupted }
  } finally {
    cancel()
  }
}

/** One batch in the corridor: different sagas side by side, events of one saga in order (C4.6, I5). */
class Reading {
  readonly #context: ReadingContext
  readonly #batch: Batch
  readonly #isOn: () => boolean
  readonly #isOpen: () => boolean
  readonly #partition: ClusterPartition
  readonly #settlement: Settlement
  /** By saga: the end of its latest event. */
  readonly #tails = new Map<string, Promise<void>>()
  /** Sagas with an unsettled event: their later events must not overtake it. */
  readonly #held = new Set<string>()

  constructor(context: ReadingContext, { batch, progress, isOpen }: BatchRequest, isOn: () => boolean) {
    this.#context = context
    this.#batch = batch
    this.#isOn = isOn
    this.#isOpen = isOpen
    this.#partition = { cluster: context.cluster, topic: batch.topic, partition: batch.partition }
    this.#settlement = new Settlement({ ...context, batch, progress, partition: this.#partition, isOn })
  }

  async all(): Promise<BatchSettlement> {
    const inFlight: Promise<unknown>[] = []
    for (const [index, record] of this.#batch.records.entries()) {
      if (this.#settlement.isSettled(index)) continue
      if (!this.#mayGoOn() && !(await this.#untilOpen())) break
      const { work, permit } = this.#begin({ index, record })
      inFlight.push(work)
      if (permit !== undefined) await permit
    }
    await Promise.all(inFlight)
    return this.#settlement.result()
  }

  #mayGoOn(): boolean {
    return this.#isOn() && this.#isOpen()
  }

  async #untilOpen(): Promise<boolean> {
    while (this.#isOn()) {
      if (this.#isOpen()) return true
      await sleep(this.#context.runtime, GATE_CHECK)
    }
    return false
  }

  /** Begins one record. `permit` is there where the next one must wait for it; an event behind another of its saga has none. */
  #begin(entry: BatchEntry): { readonly work: Promise<unknown>; readonly permit?: Promise<void> | undefined } {
    const decoded = decodeRecord(this.#partition, entry.record, this.#context.headers)
    if (!decoded.ok) return { work: this.#settlement.bury(entry, decoded) }
    const event = { ...decoded.event, origin: originOf(this.#partition, entry.record) }
    const { semaphore } = this.#context
    const tail = this.#tails.get(event.sagaId)
    const permit = tail === undefined ? semaphore.acquire() : undefined
    const turn = tail === undefined ? permit : tail.then(() => semaphore.acquire())
    const work = this.#inTurn(turn, entry, event)
    this.#tails.set(event.sagaId, work)
    return { work, permit }
  }

  async #inTurn(turn: Promise<void> | undefined, entry: BatchEntry, event: SagaEvent): Promise<void> {
    await turn
    try {
      await this.#take(entry, event)
    } finally {
      this.#context.semaphore.release()
    }
  }

  async #take(entry: BatchEntry, event: SagaEvent): Promise<void> {
    if (this.#held.has(event.sagaId) || !(this.#mayGoOn() || (await this.#untilOpen()))) return
    if (!(await this.#settlement.apply(entry, await this.#handIn(event)))) this.#held.add(event.sagaId)
  }

  /** An intake never throws. Should it do so, the consumer must survive: its successor would meet the same record. */
  async #handIn(event: SagaEvent): Promise<IntakeAnswer> {
    try {
      const { intake, deadLetters } = this.#context
      return await intake.take(event, this.#isOn, deadLetters !== undefined)
    } catch (thrown) {
      return { kind: 'thrown', why: `handling the event failed: ${messageOf(thrown)}` }
    }
  }
}
