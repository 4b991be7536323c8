import type { Duration } from '../../../src/engine/saga.ts'
import { BatutaError, messageOf } from '../../../src/errors.ts'
import type { Cancel, Runtime } from '../../../src/ports/runtime.ts'
import type { Intake } from '../../../src/ports/source.ts'
import type { Contact } from './contact.ts'
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
}

/** How often it looks. */
const ROUND: Duration = 5_000

/** Looks from outside whether the consumer still does its work, since it may stop without a word; then it ends it. */
export class Patrol {
  readonly #options: PatrolOptions
  #isLooking = false

  constructor(options: PatrolOptions) {
    this.#options = options
  }

  start(end: (reason: BatutaError) => void): Cancel {
    return this.#options.runtime.every(ROUND, () => void this.#look(end))
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
      runtime.log.debug('the lag is not known', { why: messageOf(thrown) })
    } finally {
      this.#isLooking = false
    }
  }

  async #stalled(): Promise<string | undefined> {
    const { settings, contact, watch, places, intake, isOpen, runtime } = this.#options
    if (intake.isAway || !isOpen()) {
      for (const place of places.all()) place.touch(runtime.monotonic()) // waiting is what it should do now
      return undefined
    }
    await this.#learn()
    const ends = await contact.ask((admin) => Promise.all(settings.inputTopics.map((topic) => admin.ends(topic))))
    const place = watch.stalled((topic, partition) => places.of(topic, partition), ends.flat())
    return place && `no progress at ${place.topic}/${place.partition}/${place.next} although there are records`
  }

  /** Where nothing was read yet, the group's commits say where it would begin. */
  async #learn(): Promise<void> {
    const { settings, contact, watch, places } = this.#options
    const unknown = [...watch.assignment].some(([topic, partitions]) =>
      partitions.some((partition) => places.of(topic, partition).next === undefined),
    )
    if (!unknown) return
    const committed = await contact.ask((admin) => admin.committed(settings.consumerGroup, settings.inputTopics))
    for (const { topic, partition, offset } of committed) places.of(topic, partition).next ??= offset
  }
}
