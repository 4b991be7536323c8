import { DEFAULTS } from '../../../../src/defaults.ts'
import { BatutaError } from '../../../../src/errors.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Metrics } from '../../../../src/ports/metrics.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { HeaderIntake, Intake, Source } from '../../../../src/ports/source.ts'
import type { AdminConnection } from '../admin-connection.ts'
import type { Assignment, KafkaDriver, PartitionOffset } from '../driver.ts'
import { failureOf } from '../failure.ts'
import type { DeadLetters } from './dead-letters.ts'
import { GroupOffsets } from './group-offsets.ts'
import type { ConsumerSettings } from './group-offsets.ts'
import { Liveness } from './liveness.ts'
import { ConsumerProgress } from './progress.ts'
import type { ReadingContext } from './reading.ts'
import { Semaphore } from './semaphore.ts'
import { Session } from './session.ts'
import { SoleConsumer } from './sole-consumer.ts'
import { Watchdog } from './watchdog.ts'

/** The parts of a source. */
export interface KafkaSourceOptions {
  readonly id: string
  readonly settings: ConsumerSettings
  /** Id of the cluster. */
  readonly cluster: string
  readonly driver: KafkaDriver
  readonly admin: AdminConnection
  readonly deadLetters: DeadLetters | undefined
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Absent: no headers are handed on. */
  readonly headers?: HeaderIntake | undefined
  /** Called after `close`. */
  readonly onClosed: () => Promise<void>
}

/** Waits before the group is joined again after a crash: from `first` up to `soon`, and `longest` after `manyFailures`. */
const REJOIN = { first: 500, soon: 1_000, longest: 5_000, manyFailures: 10 }
/** Interval of looks at the committed offsets while timers wait for them. */
const CATCH_UP = 1_000
/** A membership that lasted longer starts the waits from the first one again. */
const LASTING = 30_000

/** The parts of one run. */
interface Run {
  readonly reading: ReadingContext
  /** Absent where the store is shared. */
  readonly soleConsumer: SoleConsumer | undefined
  readonly isOpen: () => boolean
}

/** Reads the channel's input topics as a member of its group, and joins again after every crash, until it is closed. */
export class KafkaSource implements Source {
  readonly id: string
  readonly #options: KafkaSourceOptions
  readonly #liveness: Liveness
  readonly #progress = new ConsumerProgress()
  readonly #offsets: GroupOffsets
  /** Offsets to start from at the first join, with `fromBeginning: false`. */
  #starts: readonly PartitionOffset[] = []
  readonly #closed = Promise.withResolvers<void>()
  readonly #refused = Promise.withResolvers<never>()
  #session: Session | undefined
  /** True after a topic was missing: one of the same name may be another topic. */
  #mayBeRecreated = false
  /** The last reason of a crash in the log: an outage is logged once, not at each try to join. */
  #reported: string | undefined
  /** The last reason why a question at start was asked again. */
  #away: string | undefined
  #isClosing = false
  #closing: Promise<void> | undefined
  #assignments = 0

  constructor(options: KafkaSourceOptions) {
    const { id, settings, runtime } = options
    const { consumerGroup, sessionTimeout } = settings
    this.id = id
    this.#options = options
    const name = `channel "${id}", group "${consumerGroup}"`
    this.#liveness = new Liveness({ name, sessionTimeout, progress: this.#progress, runtime })
    this.#offsets = new GroupOffsets(options.admin, settings)
    this.#refused.promise.catch(() => undefined) // `run` rejects with it
  }

  hasBegun(): Promise<boolean> {
    return this.#offsets.hasBegun((why) => this.#askAgain(why))
  }

  alive(): Health {
    return this.#liveness.alive()
  }

  async probe(): Promise<Health> {
    const { blocked: why } = this.#liveness
    if (why !== undefined) return { ok: false, why }
    const working = this.#liveness.working()
    if (!working.ok) return working
    const { admin, settings } = this.#options
    const { inputTopics, deadLetterTopic } = settings
    return admin.probe(deadLetterTopic === undefined ? inputTopics : [...inputTopics, deadLetterTopic])
  }

  get assignments(): number {
    return this.#assignments
  }

  caughtUp(isWanted: () => boolean): Promise<void> {
    const { runtime } = this.#options
    return this.#offsets.caughtUp(isWanted, () => new Promise((resolve) => runtime.after(CATCH_UP, resolve)))
  }

  async run(intake: Intake, alone: boolean): Promise<void> {
    const run = this.#prepare(intake, alone)
    const parts = { channel: this.id, liveness: this.#liveness, progress: this.#progress, intake, isOpen: run.isOpen }
    const watchdog = new Watchdog({ ...this.#options, ...parts })
    const cancel = watchdog.start((reason) => this.#session?.break(reason))
    try {
      if (!this.#options.settings.fromBeginning)
        this.#starts = await this.#offsets.endsOfNewGroup((why) => this.#askAgain(why))
      void watchdog.reportLostRecords()
      await Promise.race([this.#joinAgainAndAgain(run), this.#refused.promise])
    } catch (thrown) {
      await this.close() // the other members need not wait for this one
      throw thrown
    } finally {
      cancel()
      run.soleConsumer?.end()
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#isClosing = true
    await this.#session?.leave()
    this.#closed.resolve()
    await this.#options.onClosed()
  }

  #prepare(intake: Intake, alone: boolean): Run {
    const { deadLetters, runtime, metrics, cluster, settings, headers } = this.#options
    const { sessionTimeout } = settings
    const semaphore = new Semaphore(DEFAULTS.eventsAtOnce)
    const soleConsumer = alone ? this.#soleConsumer() : undefined
    return {
      reading: { intake, cluster, deadLetters, runtime, metrics, semaphore, sessionTimeout, headers },
      soleConsumer,
      isOpen: () => soleConsumer?.hasEveryPartition ?? true,
    }
  }

  /** Missing rights are fatal only before the first settled record: later ones may come back. */
  get #hasWorked(): boolean {
    return this.#progress.settledAt > 0
  }

  async #joinAgainAndAgain(run: Run): Promise<void> {
    const { runtime } = this.#options
    for (let failures = 0; !this.#isClosing; failures++) {
      const begun = runtime.monotonic()
      const failed = await this.#joinOnce(run)
      if (failed === undefined || this.#isClosing) return
      if (failed.code === 'records-unreadable') return this.#stayDown(failed)
      if (!failed.retryable && !this.#hasWorked) throw failed
      if (runtime.monotonic() - begun > LASTING) failures = 0
      await this.#pause(
        Math.min(REJOIN.first * 2 ** failures, failures < REJOIN.manyFailures ? REJOIN.soon : REJOIN.longest),
      )
    }
  }

  /** Does not join again: it would meet the same unreadable batch. An operator must move the group's offset. */
  #stayDown({ message }: BatutaError): Promise<void> {
    this.#liveness.endedForGood(message)
    return this.#closed.promise
  }

  /** One membership. Resolves with the error that ended it, or `undefined` where the group was left. */
  async #joinOnce(run: Run): Promise<BatutaError | undefined> {
    this.#liveness.joining()
    const session = this.#open(run)
    this.#session = session
    try {
      if (this.#mayBeRecreated) await this.#forgetRecreated()
      await session.run()
      return undefined
    } catch (thrown) {
      const failed = failureOf(`read as a member of "${this.#options.settings.consumerGroup}"`, thrown)
      if (failed.code === 'topic-missing') this.#mayBeRecreated = true
      this.#liveness.broken(failed.message)
      if (!this.#isClosing) this.#report(failed)
      await session.drop()
      return failed
    }
  }

  #open({ reading, soleConsumer, isOpen }: Run): Session {
    const { driver, settings, runtime } = this.#options
    const { consumerGroup: group, inputTopics: topics, sessionTimeout } = settings
    return new Session({
      driver,
      group,
      topics,
      starts: this.#starts,
      sessionTimeout,
      reading,
      alone: soleConsumer !== undefined,
      runtime,
      progress: this.#progress,
      liveness: this.#liveness,
      isOpen,
      onJoined: (assignment) => this.#onJoined(assignment, soleConsumer),
    })
  }

  #onJoined(assignment: Assignment, soleConsumer: SoleConsumer | undefined): void {
    const { runtime, settings } = this.#options
    const partitions = Object.fromEntries(assignment)
    this.#starts = []
    this.#assignments++
    this.#reported = undefined
    runtime.log.write('kafka.joined', { channel: this.id, group: settings.consumerGroup, partitions })
    soleConsumer?.check(assignment)
  }

  #report({ code, message: why }: BatutaError): void {
    const { settings, runtime } = this.#options
    const level = why === this.#reported ? 'debug' : undefined
    this.#reported = why
    const line = code === 'records-unreadable' ? 'kafka.consumer-down' : 'kafka.consumer-ended'
    runtime.log.write(line, { channel: this.id, group: settings.consumerGroup, why }, level)
  }

  /** Forgets the progress of recreated topics: brokers drop a topic's committed offsets with the topic. */
  async #forgetRecreated(): Promise<void> {
    this.#progress.retain(await this.#offsets.committed())
    this.#mayBeRecreated = false
  }

  #soleConsumer(): SoleConsumer {
    const refuse = (why: string) => this.#refused.reject(new BatutaError('source-refused', why))
    return new SoleConsumer({ ...this.#options, progress: this.#progress, liveness: this.#liveness, refuse })
  }

  /** Resolves when the brokers may be asked again. A reason is logged once. */
  #askAgain(why: string): Promise<void> {
    this.#options.runtime.log.write(
      'kafka.brokers-away',
      { channel: this.id, why },
      this.#away === why ? 'debug' : undefined,
    )
    this.#away = why
    return this.#pause(REJOIN.first)
  }

  /** Resolves after `wait`, or when the source was closed. */
  #pause(wait: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#options.runtime.after(wait, resolve)
    return Promise.race([promise, this.#closed.promise]).finally(cancel)
  }
}
