import type { PartitionOffset } from '../driver.ts'

/** The progress in one partition: all records before `nextOffset` are settled, and some after it. */
export class PartitionProgress {
  readonly topic: string
  readonly partition: number
  /** The lowest unsettled offset; `undefined` until one is known. */
  nextOffset: string | undefined
  /** Monotonic instant of the last settled record. */
  settledAt = 0
  /** Monotonic instant of the last settled record, or of the last good reason why none was. */
  excusedAt = 0
  /** Settled offsets after `nextOffset`. */
  readonly #beyond = new Set<string>()
  /** By offset from `nextOffset` on: the reasons that were reported. */
  readonly #reported = new Map<string, readonly string[]>()
  #stuck: StuckEvent | undefined

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get position(): PartitionOffset | undefined {
    const { topic, partition, nextOffset: offset } = this
    return offset === undefined ? undefined : { topic, partition, offset }
  }

  /** True for a settled record after `nextOffset`. */
  isSettled(offset: string): boolean {
    return this.#beyond.has(offset)
  }

  /** Standing still at this instant is no fault of the consumer. */
  excuse(now: number): void {
    this.excusedAt = now
  }

  markSettled(now: number): void {
    this.settledAt = now
    this.excusedAt = now
  }

  /** Reading goes on at this offset. One before `nextOffset`: the topic was recreated or rewound, so settled and reported offsets are void. */
  startAt(offset: string): void {
    if (this.nextOffset !== undefined && BigInt(offset) < BigInt(this.nextOffset)) this.#forget()
  }

  /** All records before `nextOffset` are settled, and these after it, beside those known before. */
  advance(nextOffset: string, beyond: readonly string[]): void {
    this.nextOffset = nextOffset
    const isPast = (offset: string) => BigInt(offset) < BigInt(nextOffset)
    for (const offset of this.#beyond) if (isPast(offset)) this.#beyond.delete(offset)
    for (const offset of this.#reported.keys()) if (isPast(offset)) this.#reported.delete(offset)
    for (const offset of beyond) this.#beyond.add(offset)
    if (this.#stuck?.offset !== nextOffset) this.#stuck = undefined
  }

  #forget(): void {
    this.#beyond.clear()
    this.#reported.clear()
  }

  /** True for the first report of this reason for this record, which may be read many times. */
  isFirstReport(offset: string, reason: string): boolean {
    const reported = this.#reported.get(offset) ?? []
    if (reported.includes(reason)) return false
    this.#reported.set(offset, [...reported, reason])
    return true
  }

  /** Records that the event at `offset` could not be settled; returns how many times that was. */
  countStuck(offset: string, why: string, now: number): number {
    if (this.#stuck?.offset !== offset) this.#stuck = { offset, why, since: now, times: 0 }
    return ++this.#stuck.times
  }

  /** The stuck event, if it is the one at this offset. */
  stuckEvent(offset: string): Readonly<StuckEvent> | undefined {
    return this.#stuck?.offset === offset ? this.#stuck : undefined
  }

  get isStuck(): boolean {
    return this.#stuck !== undefined
  }
}

/** An event that could not be settled. */
export interface StuckEvent {
  readonly offset: string
  /** The first reason: later ones may only say that the saga is busy with the first try. */
  readonly why: string
  /** Monotonic instant of the first time. */
  readonly since: number
  times: number
}

/** The progress in all partitions that this process has read from. */
export class ConsumerProgress {
  readonly #partitions = new Map<string, PartitionProgress>()
  #settledAt = 0

  /** The progress in this partition, a new one at first. */
  of(topic: string, partition: number): PartitionProgress {
    const name = nameOf(topic, partition)
    const known = this.#partitions.get(name)
    if (known !== undefined) return known
    const progress = new PartitionProgress(topic, partition)
    this.#partitions.set(name, progress)
    return progress
  }

  all(): readonly PartitionProgress[] {
    return [...this.#partitions.values()]
  }

  /** Monotonic instant of the last settled record of any partition; 0: none yet. */
  get settledAt(): number {
    for (const { settledAt } of this.#partitions.values()) this.#settledAt = Math.max(this.#settledAt, settledAt)
    return this.#settledAt
  }

  clear(): void {
    this.retain([])
  }

  /** Forgets all partitions but these. */
  retain(partitions: readonly PartitionOffset[]): void {
    this.#settledAt = this.settledAt
    const names = new Set(partitions.map(({ topic, partition }) => nameOf(topic, partition)))
    for (const name of this.#partitions.keys()) if (!names.has(name)) this.#partitions.delete(name)
  }
}

/** The name of a partition. */
export function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
