import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Stuck } from '../../../src/ports/source.ts'
import { Commits } from './commits.ts'
import type { Assignment, Batch, Driver, Member, Position } from './driver.ts'
import type { Place, Places } from './places.ts'
import type { Reader } from './reader.ts'
import type { Read } from './reading.ts'
import type { Watch } from './watch.ts'
import { within } from './within.ts'

export interface SessionOptions {
  readonly driver: Pick<Driver, 'member'>
  readonly group: string
  readonly topics: readonly string[]
  readonly sessionTimeout: Duration
  readonly reader: Reader
  readonly places: Places
  readonly watch: Watch
  readonly runtime: Runtime
  /** Nobody else may take these events: what we have settled is what counts, whatever was committed meanwhile (P22). */
  readonly alone: boolean
  /** Where the first membership begins in partitions of which nothing was ever committed, if that is not their beginning. */
  readonly starts: readonly Position[]
  /** Whether anything may be taken in just now. */
  readonly isOpen: () => boolean
  readonly onJoined: (assignment: Assignment) => void
}

/** First and longest wait before a partition is read again whose event could not be written. */
const ASIDE = { first: 1_000, longest: 60_000 }
/** Leaving waits for what is in flight, which the corridor ends within its deadline. */
const LEAVE: Duration = 20_000
/** Leaving what has crashed; and what was ended from outside, which may be at work all the same. */
const DROP = { crashed: 2_000, broken: 6_000 }

/** One membership in the group, from joining to leaving or crashing. */
export class Session {
  readonly #options: SessionOptions
  readonly #member: Member
  readonly #commits: Commits
  readonly #broken = Promise.withResolvers<never>()
  #starts: readonly Position[]
  #isBroken = false
  #isLeaving = false
  #isOver = false

  constructor(options: SessionOptions) {
    const { driver, group, topics, sessionTimeout, watch, runtime } = options
    this.#starts = options.starts
    this.#options = options
    this.#broken.promise.catch(() => undefined) // `run` tells
    this.#member = driver.member({
      group,
      topics,
      sessionTimeout,
      onBatch: (batch) => this.#onBatch(batch),
      onJoined: (assignment) => this.#onJoined(assignment),
      onRebalancing: () => watch.joining(),
      onSeen: () => watch.seen(),
      onSkipped: (position) => this.#onSkipped(position),
    })
    this.#commits = new Commits((positions) => this.#member.commit(positions), runtime)
  }

  /** Resolves when it was left, rejects when it crashed. */
  run(): Promise<void> {
    return Promise.race([this.#member.run(), this.#broken.promise])
  }

  /** Ends it from outside: what is broken may not notice by itself. */
  break(reason: BatutaError): void {
    this.#isBroken = true
    this.#broken.reject(reason)
  }

  /** Lets what is in flight end, commits it, leaves. Whatever hangs is abandoned. */
  async leave(): Promise<void> {
    this.#isLeaving = true
    const leaving = this.#commits.flush().then(() => this.#member.close())
    await within(this.#options.runtime, LEAVE, 'leave the group', leaving).catch(() => undefined)
    this.#end()
    this.#member.destroy()
  }

  /**
   * After a crash nothing of it counts any more. What was ended from outside may only have been slow: what it has settled by then
   * counts, or it would begin at the same place for ever. The group is told, if it listens, so that it need not wait.
   */
  async drop(): Promise<void> {
    this.#isLeaving = true
    if (!this.#isBroken) this.#end()
    const wait = this.#isBroken ? DROP.broken : DROP.crashed
    const leaving = this.#commits.flush().then(() => this.#member.close())
    await within(this.#options.runtime, wait, 'leave the group', leaving).catch(() => undefined)
    this.#end()
    this.#member.destroy()
  }

  #end(): void {
    this.#isOver = true
    this.#commits.clear()
  }

  #onJoined(assignment: Assignment): void {
    const { alone, places, watch, onJoined } = this.#options
    if (this.#isOver) return
    this.#commits.clear()
    if (!alone) places.clear()
    watch.joined(assignment)
    for (const { topic, partition, offset } of this.#starts) places.of(topic, partition).next ??= offset
    const isKnown = alone || this.#starts.length > 0
    this.#starts = []
    for (const [topic, partitions] of assignment) {
      for (const partition of partitions) {
        this.#member.resume(topic, partition)
        if (isKnown) this.#return(places.of(topic, partition))
      }
    }
    onJoined(assignment)
  }

  /** What the group has committed is not where to go on: nothing yet, or by somebody else, in whose store it is (P22). */
  #return(place: Place): void {
    if (place.position === undefined) return
    this.#member.seek(place.position)
    this.#commits.add(place.position)
  }

  async #onBatch(batch: Batch): Promise<void> {
    if (this.#isOver) throw new BatutaError('broker-unreachable', 'the membership was given up')
    const { reader, places, isOpen } = this.#options
    const place = places.of(batch.topic, batch.partition)
    place.begin(batch.records[0]?.offset ?? batch.end)
    const read = await reader.read(batch, place, () => !this.#isLeaving && !this.#isOver, isOpen)
    if (batch.isCurrent() && !this.#isOver) this.#settle(batch, place, read)
    if (read.interrupted === undefined && !this.#isLeaving) return
    await this.#commits.flush()
    if (read.interrupted !== undefined) throw read.interrupted
  }

  #settle(batch: Batch, place: Place, read: Read): void {
    const last = batch.records[read.settled - 1]
    const first = batch.records[read.settled]
    if (last !== undefined) batch.resolve(last.offset)
    place.advance(first === undefined ? batch.end : first.offset, read.beyond)
    if (last !== undefined && place.position !== undefined) this.#commits.add(place.position)
    if (read.stuck !== undefined && first !== undefined) this.#putAside(place, first.offset, read.stuck)
  }

  /** Others of its broker must not wait for this partition: it is read again from here a little later. */
  #putAside(place: Place, offset: string, stuck: Stuck): void {
    const { runtime, watch } = this.#options
    const { topic, partition } = place
    const { why } = stuck
    const times = place.stuckAt(offset, why, runtime.monotonic())
    if (times === 1)
      runtime.log.error('an event cannot be written; its partition waits', { topic, partition, offset, why })
    watch.stuck(place, stuck)
    this.#member.pause(topic, partition)
    const wait = Math.min(ASIDE.first * 2 ** (times - 1), ASIDE.longest)
    runtime.after(wait, () => {
      if (!this.#isOver && !this.#isLeaving) this.#member.resume(topic, partition)
    })
  }

  #onSkipped({ topic, partition, offset }: Position): void {
    const { places, isOpen, runtime } = this.#options
    const place = places.of(topic, partition)
    place.advance(String(BigInt(offset) + 1n), [])
    place.work(runtime.monotonic())
    // Before everything is this process's, a commit would look like another's (P22); the next one carries it.
    if (place.position !== undefined && !this.#isOver && isOpen()) this.#commits.add(place.position)
  }
}
