import type { Metrics } from '../../../../src/ports/metrics.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { Stuck, Taken } from '../../../../src/ports/source.ts'
import type { Batch, KafkaRecord } from '../driver.ts'
import type { DeadLetterReason } from './dead-letter-record.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { PartitionProgress, StuckEvent } from './progress.ts'
import type { ClusterPartition } from './record.ts'

/** A batch, its progress and the parts that settle its records. */
export interface SettlementContext {
  readonly batch: Batch
  readonly progress: PartitionProgress
  readonly partition: ClusterPartition
  /** Absent where the channel has no dead-letter topic. */
  readonly deadLetters: DeadLetters | undefined
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** False once the batch is no longer wanted. */
  readonly isOn: () => boolean
}

/** A record and its index in the batch. */
export interface BatchEntry {
  readonly index: number
  readonly record: KafkaRecord
}

/** The state of a batch. */
export interface BatchSettlement {
  /** The number of settled records before the first unsettled one. */
  readonly settled: number
  /** Offsets of settled records after the first unsettled one. */
  readonly beyond: readonly string[]
  /** The reason why the first unsettled record is stuck, where it is: its partition must be put aside. */
  readonly stuck: Stuck | undefined
}

/** The intake's answer, or the error that it threw. */
export type IntakeAnswer = Taken | { readonly kind: 'thrown'; readonly why: string }

/** Times that an event is put aside before it becomes a dead letter (P20). */
const MOST_TIMES_STUCK = 5

/** A stuck event of which no other event's write proves that it is the one at fault. */
const UNPROVEN = { kind: 'stuck', lastWritten: Number.NEGATIVE_INFINITY } as const

/** Keeps which records of a batch are settled: by the intake, or as a dead letter (P20). */
export class Settlement {
  readonly #context: SettlementContext
  readonly #settled: boolean[]
  readonly #stuck = new Map<number, Stuck>()

  constructor(context: SettlementContext) {
    const { batch, progress } = context
    this.#context = context
    this.#settled = batch.records.map(({ offset }) => progress.isSettled(offset))
  }

  isSettled(index: number): boolean {
    return this.#settled[index] === true
  }

  result(): BatchSettlement {
    const { records } = this.#context.batch
    const first = this.#settled.indexOf(false)
    const settled = first === -1 ? records.length : first
    const beyond = records.flatMap(({ offset }, index) => (index > settled && this.#settled[index] ? [offset] : []))
    return { settled, beyond, stuck: this.#stuck.get(first) }
  }

  /** True where the record is settled by this answer. */
  async apply(entry: BatchEntry, answer: IntakeAnswer): Promise<boolean> {
    switch (answer.kind) {
      case 'settled':
        return this.#settle(entry)
      case 'poison':
        return this.bury(entry, answer)
      case 'stuck':
        return this.#applyStuck(entry, answer)
      case 'thrown':
        return this.#applyThrown(entry, answer.why)
      case 'unwanted':
        return false
    }
  }

  /** Writes a dead letter, logged and counted once, so that the partition goes on (P20). True where the record is settled. */
  async bury(entry: BatchEntry, complaint: DeadLetterReason): Promise<boolean> {
    const { deadLetters, partition, isOn } = this.#context
    const { record } = entry
    this.#report(record, complaint)
    const { reason, why } = complaint
    const written = (await deadLetters?.put({ partition, record, reason, why }, isOn)) ?? 'written'
    if (written === 'unwanted') return false
    if (written === 'written') return this.#settle(entry)
    // A record that the dead-letter topic refuses is skipped; not so a stuck event, which may be money.
    if (!written.isRefused || reason === 'stuck')
      return this.#hold(entry, { ...UNPROVEN, why: written.why, isKept: false })
    this.#report(record, { reason: 'dead-letter', why: written.why })
    return this.#settle(entry)
  }

  #applyStuck(entry: BatchEntry, stuck: Stuck): Promise<boolean> | boolean {
    const { deadLetters, progress } = this.#context
    const before = progress.stuckEvent(entry.record.offset)
    if (deadLetters === undefined || !isToBeBuried(stuck, before)) return this.#hold(entry, stuck)
    return this.bury(entry, { reason: 'stuck', why: before?.why ?? stuck.why })
  }

  /** The error may pass, so the event is tried again. If it lasts, the partition must go on without it. */
  #applyThrown(entry: BatchEntry, why: string): Promise<boolean> | boolean {
    const times = this.#context.progress.stuckEvent(entry.record.offset)?.times ?? 0
    if (times >= MOST_TIMES_STUCK) return this.bury(entry, { reason: 'failed', why })
    return this.#hold(entry, { ...UNPROVEN, why })
  }

  #settle({ index }: BatchEntry): true {
    const { progress, runtime } = this.#context
    this.#settled[index] = true
    progress.markSettled(runtime.monotonic())
    return true
  }

  #hold({ index }: BatchEntry, stuck: Stuck): false {
    this.#stuck.set(index, stuck)
    return false
  }

  #report({ offset }: KafkaRecord, { reason, why }: DeadLetterReason): void {
    const { runtime, metrics, progress, partition: at } = this.#context
    const { topic, partition } = at
    if (!progress.isFirstReport(offset, reason)) return // the record is read again because its dead letter was not written
    if (!LOGGED_BY_CORRIDOR.has(reason)) runtime.log.write('kafka.poison', { topic, partition, offset, reason, why })
    metrics.count(`poison-${reason}`)
  }
}

/**
 * True for an event that was put aside often enough while other events were written. Where none is written, it is an outage that the
 * store's probe does not see, and the event is kept (P20).
 */
function isToBeBuried({ isKept, lastWritten }: Stuck, before: StuckEvent | undefined): boolean {
  return isKept !== false && before !== undefined && before.times >= MOST_TIMES_STUCK && lastWritten > before.since
}

/** The corridor has logged these, with the record's position. */
const LOGGED_BY_CORRIDOR: ReadonlySet<string> = new Set(['unexpected', 'refused', 'parking-full'])
