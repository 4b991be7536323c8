import type { Duration } from '../../../../src/engine/saga.ts'
import { BatutaError } from '../../../../src/errors.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { Stuck } from '../../../../src/ports/source.ts'
import type { Assignment, Batch, GroupMember, KafkaDriver, PartitionOffset } from '../driver.ts'
import { withTimeout } from '../timing.ts'
import { Commits } from './commits.ts'
import type { Liveness } from './liveness.ts'
import type { ConsumerProgress, PartitionProgress } from './progress.ts'
import { readBatch } from './reading.ts'
import type { BatchResult, ReadingContext } from './reading.ts'

/** The parts of a session. */
export interface SessionOptions {
  readonly driver: Pick<KafkaDriver, 'member'>
  readonly group: string
  readonly topics: readonly string[]
  readonly sessionTimeout: Duration
  readonly reading: ReadingContext
  readonly progress: ConsumerProgress
  readonly liveness: Liveness
  readonly runtime: Runtime
  /** True where only this process may take the events: its own progress counts, not the committed offsets (P22). */
  readonly alone: boolean
  /** Offsets to start from in partitions without a commit; a partition that is not here starts with its oldest record. */
  readonly starts: readonly PartitionOffset[]
  /** False: no record may be taken in now. */
  readonly isOpen: () => boolean
  readonly onJoined: (assignment: Assignment) => void
}

/** First and longest wait before a partition with a stuck event is read again. */
const PUT_ASIDE = { first: 1_000, longest: 60_000 }
/** Longest wait for records in flight when leaving. The corridor ends them within its deadline. */
const LEAVE: Duration = 20_000
/** The same after a crash, and after the watchdog ended a membership that may still be at work. */
const DROP = { crashed: 2_000, broken: 6_000 }

/** One membership in the group, from joining to leaving or crashing. */
export class Session {
  readonly #options: SessionOptions
  readonly #member: GroupMember
  readonly #commits: Commits
  readonly #broken = Promise.withResolvers<never>()
  #starts: readonly PartitionOffset[]
  #isBroken = false
  #isLeaving = false
  #isOver = false

  constructor(options: SessionOptions) {
    const { driver, group, topics, sessionTimeout, liveness, runtime } = options
    this.#starts = options.starts
    this.#options = options
    this.#broken.promise.catch(() => undefined) // `run` rejects with it
    this.#member = driver.member({
      group,
      topics,
      sessionTimeout,
      onBatch: (batch) => this.#onBatch(batch),
      onJoined: (assignment) => this.#onJoined(assignment),
      // A dropped member may go on for a while: what it says is not about the membership that followed.
      onRebalancing: () => (this.#isOver ? undefined : liveness.joining()),
      onCoordinatorAnswer: () => (this.#isOver ? undefined : liveness.coordinatorAnswered()),
      onSkipped: (position) => this.#onSkipped(position),
    })
    this.#commits = new Commits((positions) => this.#member.commit(positions), runtime)
  }

  /** Resolves when the group was left, rejects when the membership crashed. */
  run(): Promise<void> {
    return Promise.race([this.#member.run(), this.#broken.promise])
  }

  /** Ends a membership that does not notice by itself that it is broken. */
  break(reason: BatutaError): void {
    this.#isBroken = true
    this.#broken.reject(reason)
  }

  /** Waits for records in flight, commits them and leaves the group, each within bounds. */
  leave(): Promise<void> {
    return this.#leave(LEAVE)
  }

  /**
   * Drops a crashed membership: it commits nothing more. One that the watchdog ended may only have been slow, and commits what it
   * settles meanwhile, or the next one would read the same records for ever. Both try to leave the group, so that it need not wait.
   */
  drop(): Promise<void> {
    if (!this.#isBroken) this.#end()
    return this.#leave(this.#isBroken ? DROP.broken : DROP.crashed)
  }

  async #leave(ms: Duration): Promise<void> {
    this.#isLeaving = true
    const leaving = this.#commits.flush().then(() => this.#member.close())
    await withTimeout(this.#options.runtime, leaving, { ms, action: 'leave the group' }).catch(() => undefined)
    this.#end()
    this.#member.destroy()
  }

  #end(): void {
    this.#isOver = true
    this.#commits.clear()
  }

  #onJoined(assignment: Assignment): void {
    const { alone, progress, liveness, onJoined } = this.#options
    if (this.#isOver) return
    this.#commits.clear()
    liveness.joined(assignment)
    if (!alone) progress.clear()
    for (const { topic, partition, offset } of this.#starts) progress.of(topic, partition).nextOffset ??= offset
    const seeks = alone || this.#starts.length > 0
    this.#starts = []
    for (const [topic, partitions] of assignment) {
      for (const partition of partitions) {
        this.#member.resume(topic, partition)
        if (seeks) this.#seek(progress.of(topic, partition))
      }
    }
    onJoined(assignment)
  }

  /** Ignores the committed offset and seeks to our own progress: the group has committed nothing yet, or another member has (P22). */
  #seek({ position }: PartitionProgress): void {
    if (position === undefined) return
    this.#member.seek(position)
    this.#commits.add(position)
  }

  async #onBatch(batch: Batch): Promise<void> {
    if (this.#isOver) throw new BatutaError('broker-unreachable', 'read a batch: the membership was given up')
    const { reading, isOpen } = this.#options
    const progress = this.#options.progress.of(batch.topic, batch.partition)
    progress.startAt(batch.records[0]?.offset ?? batch.end)
    const isWanted = () => !this.#isLeaving && !this.#isOver
    const result = await readBatch(reading, { batch, progress, isWanted, isOpen })
    if (batch.isCurrent() && !this.#isOver) this.#settle(batch, progress, result)
    if (result.interrupted === undefined && !this.#isLeaving) return
    await this.#commits.flush()
    if (result.interrupted !== undefined) throw result.interrupted
  }

  #settle(batch: Batch, progress: PartitionProgress, { settled, beyond, stuck }: BatchResult): void {
    const last = batch.records[settled - 1]
    const first = batch.records[settled]
    if (last !== undefined) batch.resolve(last.offset)
    progress.advance(first === undefined ? batch.end : first.offset, beyond)
    if (last !== undefined && progress.position !== undefined) this.#commits.add(progress.position)
    if (stuck !== undefined && first !== undefined) this.#putAside(progress, first.offset, stuck)
  }

  /** Pauses the partition for a while, so that the other partitions of its broker go on. */
  #putAside(progress: PartitionProgress, offset: string, stuck: Stuck): void {
    const { runtime, liveness } = this.#options
    const { topic, partition } = progress
    const { why } = stuck
    const times = progress.countStuck(offset, why, runtime.monotonic())
    if (times === 1) runtime.log.write('kafka.partition-waits', { topic, partition, offset, why })
    liveness.eventStuck(progress, stuck)
    this.#member.pause(topic, partition)
    const wait = Math.min(PUT_ASIDE.first * 2 ** (times - 1), PUT_ASIDE.longest)
    runtime.after(wait, () => {
      if (!this.#isOver && !this.#isLeaving) this.#member.resume(topic, partition)
    })
  }

  #onSkipped({ topic, partition, offset }: PartitionOffset): void {
    const { isOpen, runtime } = this.#options
    const progress = this.#options.progress.of(topic, partition)
    progress.advance(String(BigInt(offset) + 1n), [])
    progress.markSettled(runtime.monotonic())
    // While the gate is closed a commit would look like another member's (P22). A later commit includes this one.
    if (progress.position !== undefined && !this.#isOver && isOpen()) this.#commits.add(progress.position)
  }
}
