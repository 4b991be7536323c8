import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Intake, Source } from '../../../src/ports/source.ts'
import { Beginning } from './beginning.ts'
import type { Contact } from './contact.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Driver, Position } from './driver.ts'
import { failure } from './failure.ts'
import { Marks } from './marks.ts'
import { Patrol } from './patrol.ts'
import { Places } from './places.ts'
import { Reader } from './reader.ts'
import { Session } from './session.ts'
import type { KafkaOptions } from './settings.ts'
import { Slots } from './slots.ts'
import { Unity } from './unity.ts'
import { Watch } from './watch.ts'

export interface KafkaSourceOptions {
  readonly id: string
  readonly settings: KafkaOptions['configurations'] & { readonly consumerGroup: string }
  readonly cluster: string
  readonly driver: Driver
  readonly contact: Contact
  readonly deadLetters: DeadLetters | undefined
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Called when it has ended. */
  readonly onClosed: () => Promise<void>
}

/** First and longest wait before the group is joined again after a crash; the longest one only after so many failures. */
const AGAIN = { first: 500, soon: 1_000, longest: 5_000, patience: 10 }

/** Reads the channel's topics as a member of its group, and joins again whatever ends that, until it is closed. */
export class KafkaSource implements Source {
  readonly id: string
  readonly #options: KafkaSourceOptions
  readonly #watch: Watch
  readonly #places = new Places()
  readonly #marks: Marks
  readonly #beginning: Beginning
  /** Where the first membership begins, if neither where the group was nor at the oldest records. */
  #starts: readonly Position[] = []
  readonly #closed = Promise.withResolvers<void>()
  readonly #fatal = Promise.withResolvers<never>()
  #session: Session | undefined
  /** A topic was not there: when it is again, it may be another one of that name. */
  #isDoubtful = false
  /** Why there is no membership, as the log has it already: an outage is told once, not at each try to join again. */
  #told: string | undefined
  #isClosing = false
  #closing: Promise<void> | undefined

  constructor(options: KafkaSourceOptions) {
    const { id, settings, runtime } = options
    this.id = id
    this.#options = options
    const name = `channel "${id}", group "${settings.consumerGroup}"`
    this.#watch = new Watch(name, settings.sessionTimeout, this.#places, runtime)
    this.#marks = new Marks(options.contact, settings)
    this.#beginning = new Beginning(this.#marks, () => this.#pause(AGAIN.first))
    this.#fatal.promise.catch(() => undefined) // `run` tells
  }

  hasBegun(): Promise<boolean> {
    return this.#beginning.hasBegun()
  }

  alive(): Health {
    return this.#watch.alive()
  }

  async probe(): Promise<Health> {
    const { blocked: why } = this.#watch
    if (why !== undefined) return { ok: false, why }
    const works = this.#watch.works()
    if (!works.ok) return works
    const { contact, settings } = this.#options
    const { inputTopics, deadLetterTopic } = settings
    return contact.probe(deadLetterTopic === undefined ? inputTopics : [...inputTopics, deadLetterTopic])
  }

  async run(intake: Intake, alone: boolean): Promise<void> {
    const { deadLetters, runtime, metrics, cluster, settings } = this.#options
    const slots = new Slots(DEFAULTS.eventsAtOnce)
    const { sessionTimeout } = settings
    const reader = new Reader({ intake, cluster, deadLetters, runtime, metrics, slots, sessionTimeout })
    const unity = alone ? this.#unity() : undefined
    const patrol = new Patrol({
      ...this.#options,
      watch: this.#watch,
      places: this.#places,
      intake,
      isOpen: () => unity?.isWhole ?? true,
    })
    const cancel = patrol.start((reason) => this.#session?.break(reason))
    try {
      if (!settings.fromBeginning) this.#starts = await this.#beginning.ends()
      void patrol.survey()
      await Promise.race([this.#lives(reader, alone, unity), this.#fatal.promise])
    } catch (thrown) {
      await this.close() // the others of the group need not wait for a member that has gone
      throw thrown
    } finally {
      cancel()
      unity?.end()
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

  /** Something was settled: rights that are missing now were there before, and may come back. */
  get #hasWorked(): boolean {
    return this.#places.worked > 0
  }

  /** One membership after the other. */
  async #lives(reader: Reader, alone: boolean, unity: Unity | undefined): Promise<void> {
    const { runtime } = this.#options
    for (let failures = 0; !this.#isClosing; failures++) {
      const begun = runtime.monotonic()
      const failed = await this.#live(reader, alone, unity)
      if (failed === undefined || this.#isClosing) return
      if (failed.code === 'records-unreadable') return this.#stay(failed)
      if (!failed.retryable && !this.#hasWorked) throw failed
      if (runtime.monotonic() - begun > 6 * AGAIN.longest) failures = 0
      await this.#pause(Math.min(AGAIN.first * 2 ** failures, failures < AGAIN.patience ? AGAIN.soon : AGAIN.longest))
    }
  }

  /** What it cannot read it would meet again each time: somebody must move the group's offset. */
  #stay({ message }: BatutaError): Promise<void> {
    this.#watch.gone(message)
    return this.#closed.promise
  }

  /** Answers what ended it; nothing where it was left. */
  async #live(reader: Reader, alone: boolean, unity: Unity | undefined): Promise<BatutaError | undefined> {
    const { driver, settings, runtime } = this.#options
    const { consumerGroup: group, inputTopics: topics, sessionTimeout } = settings
    this.#watch.joining()
    const session = new Session({
      driver,
      group,
      topics,
      starts: this.#starts,
      sessionTimeout,
      reader,
      alone,
      runtime,
      places: this.#places,
      watch: this.#watch,
      isOpen: () => unity?.isWhole ?? true,
      onJoined: (assignment) => {
        this.#starts = []
        this.#told = undefined
        runtime.log.info('joined the group', { channel: this.id, group, partitions: Object.fromEntries(assignment) })
        unity?.look(assignment)
      },
    })
    this.#session = session
    try {
      if (this.#isDoubtful) await this.#forget()
      await session.run()
      return undefined
    } catch (thrown) {
      const failed = failure(`read as a member of "${group}"`, thrown)
      if (failed.code === 'topic-missing') this.#isDoubtful = true
      this.#watch.broken(failed.message)
      if (!this.#isClosing) this.#tell(failed.message)
      await session.drop()
      return failed
    }
  }

  #tell(why: string): void {
    const { settings, runtime } = this.#options
    const level = why === this.#told ? 'debug' : 'error'
    this.#told = why
    runtime.log[level]('the consumer has ended', { channel: this.id, group: settings.consumerGroup, why })
  }

  /** With a topic the brokers forget what was committed of it. Where they have not, it is the same topic, and was not seen for a moment. */
  async #forget(): Promise<void> {
    this.#places.keep(await this.#marks.committed())
    this.#isDoubtful = false
  }

  #unity(): Unity {
    const refuse = (why: string) => this.#fatal.reject(new BatutaError('source-refused', why))
    return new Unity({ ...this.#options, places: this.#places, watch: this.#watch, refuse })
  }

  #pause(wait: number): Promise<void> {
    const { runtime } = this.#options
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = runtime.after(wait, resolve)
    return Promise.race([promise, this.#closed.promise]).finally(cancel)
  }
}
