import type { Position } from './driver.ts'

/** How far one partition is: nothing below `next` is needed again, and what is settled beyond is not to be done twice. */
export class Place {
  readonly topic: string
  readonly partition: number
  /** The lowest offset that is not settled, as far as is known. */
  next: string | undefined
  /** Monotonic instant at which something was settled here last. */
  worked = 0
  /** The same, or at which there was a good reason why nothing was. */
  touched = 0
  readonly #beyond = new Set<string>()
  /** Verdicts already logged for records from `next` on. */
  readonly #said = new Map<string, readonly string[]>()
  #stuck: Standstill | undefined

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get position(): Position | undefined {
    return this.next === undefined ? undefined : { topic: this.topic, partition: this.partition, offset: this.next }
  }

  isSettled(offset: string): boolean {
    return this.#beyond.has(offset)
  }

  touch(now: number): void {
    this.touched = now
  }

  work(now: number): void {
    this.worked = now
    this.touched = now
  }

  /** Reading goes on here. Before `next`, the topic was made anew or rewound: then nothing is known of what comes. */
  begin(offset: string): void {
    if (this.next !== undefined && BigInt(offset) < BigInt(this.next)) this.#forget()
  }

  /** All before `next` is settled, and of what comes after it these, beside what was known before. */
  advance(next: string, beyond: readonly string[]): void {
    this.next = next
    for (const offset of this.#beyond) if (BigInt(offset) < BigInt(next)) this.#beyond.delete(offset)
    for (const offset of this.#said.keys()) if (BigInt(offset) < BigInt(next)) this.#said.delete(offset)
    for (const offset of beyond) this.#beyond.add(offset)
    if (this.#stuck?.offset !== next) this.#stuck = undefined
  }

  #forget(): void {
    this.#beyond.clear()
    this.#said.clear()
  }

  /** True the first time this is logged for the record: a record that could not be put aside is read again and again. */
  isNews(offset: string, reason: string): boolean {
    const said = this.#said.get(offset) ?? []
    if (said.includes(reason)) return false
    this.#said.set(offset, [...said, reason])
    return true
  }

  /** The event at `offset` could not be settled once more; answers how often that was. */
  stuckAt(offset: string, why: string, now: number): number {
    if (this.#stuck?.offset !== offset) this.#stuck = { offset, why, since: now, times: 0 }
    return ++this.#stuck.times
  }

  /** What is known of the event at this offset, where it could not be settled before. */
  standstill(offset: string): Readonly<Standstill> | undefined {
    return this.#stuck?.offset === offset ? this.#stuck : undefined
  }

  get isStuck(): boolean {
    return this.#stuck !== undefined
  }
}

/** An event that could not be settled. */
export interface Standstill {
  readonly offset: string
  /** The first reason: later ones may only say that the saga was busy with the first. */
  readonly why: string
  /** Monotonic instant of the first time. */
  readonly since: number
  times: number
}

/** The partitions that this process has read from. */
export class Places {
  readonly #places = new Map<string, Place>()
  #worked = 0

  of(topic: string, partition: number): Place {
    const name = nameOf(topic, partition)
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const place = new Place(topic, partition)
    this.#places.set(name, place)
    return place
  }

  all(): readonly Place[] {
    return [...this.#places.values()]
  }

  /** Monotonic instant at which something was settled last, wherever it was; 0: never. */
  get worked(): number {
    for (const { worked } of this.#places.values()) this.#worked = Math.max(this.#worked, worked)
    return this.#worked
  }

  clear(): void {
    this.keep([])
  }

  /** Forgets all partitions but these. */
  keep(those: readonly Position[]): void {
    this.#worked = this.worked
    const names = new Set(those.map(({ topic, partition }) => nameOf(topic, partition)))
    for (const name of this.#places.keys()) if (!names.has(name)) this.#places.delete(name)
  }
}

function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
