import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError, reasonOf } from '../../../src/errors.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Cancel, Runtime } from '../../../src/ports/runtime.ts'
import type { Intake } from '../../../src/ports/source.ts'
import type { Contact } from './contact.ts'
import type { Ends, Position } from './driver.ts'
import { Expiry } from './expiry.ts'
import { findIn, Marks } from './marks.ts'
import type { Places } from './places.ts'
import type { KafkaSettings } from './settings.ts'
import type { Watch } from './watch.ts'

export interface PatrolOptions {
  readonly settings: KafkaSettings & { readonly consumerGroup: string }
  readonly contact: Contact
  readonly watch: Watch
  readonly places: Places
  readonly intake: Pick<Intake, 'isAway'>
  /** Whether anything may be taken in just now. */
  readonly isOpen: () => boolean
  readonly runtime: Runtime
  readonly metrics: Metrics
}

/** How often it looks. */
const ROUND: Duration = 5_000

/** Looks from outside whether the consumer still does its work, since it may stop without a word; then it ends it. */
export class Patrol {
  readonly #options: PatrolOptions
  readonly #marks: Marks
  readonly #expiry: Expiry
  #isLooking = false

  constructor(options: PatrolOptions) {
    const { contact, settings, runtime, metrics } = options
    this.#options = options
    this.#marks = new Marks(contact, settings)
    this.#expiry = new Expiry(runtime.log, metrics)
  }

  start(end: (reason: BatutaError) => void): Cancel {
    return this.#options.runtime.every(ROUND, () => void this.#look(end))
  }

  /** Before the group is joined: what it would go on with may be there no more, and nobody knows once it has gone on. */
  async survey(): Promise<void> {
    try {
      const [committed, ends] = await Promise.all([this.#marks.committed(), this.#marks.ends()])
      this.#expiry.look([...this.#positions(), ...committed], ends)
    } catch (thrown) {
      this.#options.runtime.log.debug('it is not known what has expired', { why: reasonOf(thrown) })
    }
  }

  async #look(end: (reason: BatutaError) => void): Promise<void> {
    const { watch, runtime } = this.#options
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      if (watch.isSilent()) return end(new BatutaError('broker-unreachable', 'no word from the group'))
      const stalled = watch.isJoined ? await this.#stalled() : undefined
      if (stalled !== undefined) end(new BatutaError('broker-unreachable', stalled))
    } catch (thrown) {
      runtime.log.debug('the lag is not known', { why: reasonOf(thrown) })
    } finally {
      this.#isLooking = false
    }
  }

  async #stalled(): Promise<string | undefined> {
    const { watch, places, intake, isOpen, runtime } = this.#options
    if (intake.isAway || !isOpen()) {
      for (const place of places.all()) place.touch(runtime.monotonic()) // waiting is what it should do now
      return undefined
    }
    const ends = await this.#marks.ends()
    await this.#learn(ends)
    this.#expiry.look(this.#positions(), ends)
    return watch.stalled(ends)
  }

  /** Where nothing was read yet, it would begin with what the group has committed, or with the oldest record. */
  async #learn(ends: readonly Ends[]): Promise<void> {
    const { watch, places } = this.#options
    const own = ends.filter(({ topic, partition }) => watch.assignment.get(topic)?.includes(partition))
    const unknown = own.filter(({ topic, partition }) => places.of(topic, partition).next === undefined)
    if (unknown.length === 0) return
    const committed = await this.#marks.committed()
    for (const end of unknown) places.of(end.topic, end.partition).next ??= findIn(committed, end)?.offset ?? end.begin
  }

  #positions(): Position[] {
    return this.#options.places.all().flatMap(({ position }) => position ?? [])
  }
}
