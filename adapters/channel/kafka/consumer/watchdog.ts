import type { Duration } from '../../../../src/engine/saga.ts'
import { BatutaError, reasonOf } from '../../../../src/errors.ts'
import type { Metrics } from '../../../../src/ports/metrics.ts'
import type { Cancel, Runtime } from '../../../../src/ports/runtime.ts'
import type { Intake } from '../../../../src/ports/source.ts'
import type { AdminConnection } from '../admin-connection.ts'
import type { OffsetRange, PartitionOffset } from '../driver.ts'
import { findPartition, GroupOffsets } from './group-offsets.ts'
import type { ConsumerSettings } from './group-offsets.ts'
import { LagReport } from './lag-report.ts'
import type { Liveness } from './liveness.ts'
import { LostRecords } from './lost-records.ts'
import type { ConsumerProgress } from './progress.ts'

/** The parts of a watchdog. */
export interface WatchdogOptions {
  /** Id of the channel. */
  readonly channel: string
  readonly settings: ConsumerSettings
  readonly admin: AdminConnection
  readonly liveness: Liveness
  readonly progress: ConsumerProgress
  readonly intake: Pick<Intake, 'isAway'>
  /** False: no record may be taken in now. */
  readonly isOpen: () => boolean
  readonly runtime: Runtime
  readonly metrics: Metrics
}

const INTERVAL: Duration = 5_000

/**
 * Ends a membership that is silent or stalled: kafkajs may stop reading without an event. Reports lost records, and a consumer that stands
 * still over all of its joins.
 */
export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #offsets: GroupOffsets
  readonly #lostRecords: LostRecords
  readonly #lagReport: LagReport
  #isChecking = false
  /** True while the consumer stands still: it is logged once. */
  #isStanding = false

  constructor(options: WatchdogOptions) {
    const { admin, settings, runtime, metrics, liveness } = options
    this.#options = options
    this.#lagReport = new LagReport(options.channel, liveness.standstill.limit, runtime)
    this.#offsets = new GroupOffsets(admin, settings)
    this.#lostRecords = new LostRecords(runtime.log, metrics)
  }

  /** Checks at an interval until it is cancelled, and calls `end` with the reason where the membership must end. */
  start(end: (reason: BatutaError) => void): Cancel {
    return this.#options.runtime.every(INTERVAL, () => void this.#check(end))
  }

  /** Compares the committed offsets with the topics before the group is joined: after that the loss would not be visible. */
  async reportLostRecords(): Promise<void> {
    try {
      const [committed, ranges] = await Promise.all([this.#offsets.committed(), this.#offsets.ranges()])
      this.#lostRecords.report([...this.#positions(), ...committed], ranges)
    } catch (thrown) {
      this.#options.runtime.log.write('kafka.expiry-unknown', { why: reasonOf(thrown) })
    }
  }

  async #check(end: (reason: BatutaError) => void): Promise<void> {
    const { liveness } = this.#options
    this.#checkStandstill(end)
    if (this.#isChecking) return
    this.#isChecking = true
    try {
      if (liveness.isSilent()) return end(new BatutaError('broker-unreachable', 'no word from the group'))
      const stall = liveness.isJoined ? await this.#findStall() : undefined
      if (stall !== undefined) end(new BatutaError('broker-unreachable', stall))
    } catch (thrown) {
      liveness.standstill.lagUnknown(reasonOf(thrown))
      this.#lagReport.unknown(reasonOf(thrown))
    } finally {
      this.#isChecking = false
    }
  }

  /** Needs no answer of a broker: there may be none, or the answer may come between two joins. */
  #checkStandstill(end: (reason: BatutaError) => void): void {
    const { channel, settings, liveness, intake, runtime, metrics } = this.#options
    const { standstill } = liveness
    if (intake.isAway || liveness.isHeldUp) standstill.prove()
    metrics.progressAge(channel, standstill.age / 1_000)
    const { why } = standstill
    const fields = { channel, group: settings.consumerGroup }
    if (why !== undefined && !this.#isStanding) runtime.log.write('kafka.standstill', { ...fields, why })
    if (why === undefined && this.#isStanding) runtime.log.write('kafka.standstill-over', fields)
    this.#isStanding = why !== undefined
    if (why !== undefined && standstill.takeNewClient()) end(new BatutaError('broker-unreachable', why))
  }

  async #findStall(): Promise<string | undefined> {
    const { liveness, intake, isOpen } = this.#options
    const mustWait = intake.isAway || liveness.isHeldUp || !isOpen()
    if (mustWait) liveness.excuseStalls()
    const ranges = await this.#offsets.ranges()
    await this.#completeProgress(ranges)
    this.#lagReport.known()
    this.#measureLag(ranges)
    if (mustWait) return undefined
    this.#lostRecords.report(this.#positions(), ranges)
    return liveness.findStall(ranges)
  }

  /** Partitions that were not read yet begin at the committed offset, or at the oldest record. */
  async #completeProgress(ranges: readonly OffsetRange[]): Promise<void> {
    const { liveness, progress } = this.#options
    const own = ranges.filter(({ topic, partition }) => liveness.assignment.get(topic)?.includes(partition))
    const unread = own.filter(({ topic, partition }) => progress.of(topic, partition).nextOffset === undefined)
    if (unread.length === 0) return
    const committed = await this.#offsets.committed()
    for (const range of unread)
      progress.of(range.topic, range.partition).nextOffset ??= findPartition(committed, range)?.offset ?? range.start
  }

  /** Of the partitions that are this process's now; those of a topic without any are another's. */
  #measureLag(ranges: readonly OffsetRange[]): void {
    const { channel, settings, liveness, progress, metrics } = this.#options
    for (const topic of settings.inputTopics) {
      const own = ranges.filter(
        (range) => range.topic === topic && liveness.assignment.get(topic)?.includes(range.partition),
      )
      const records = own.map(({ partition, offset: end }) => {
        const next = progress.of(topic, partition).nextOffset
        return next === undefined ? 0n : BigInt(end) - BigInt(next)
      })
      const sum = records.reduce((all, one) => (one > 0n ? all + one : all), 0n)
      metrics.lag(channel, topic, Number(sum))
    }
  }

  #positions(): PartitionOffset[] {
    return this.#options.progress.all().flatMap(({ position }) => position ?? [])
  }
}
