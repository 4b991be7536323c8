import type { Duration } from '../../../../src/engine/saga.ts'
import type { BatutaError } from '../../../../src/errors.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { KafkaDriver, KafkaMessage } from '../driver.ts'
import { failureOf } from '../failure.ts'
import { Batcher } from './batcher.ts'

/** `mostRemembered`: messages of which the topics that have them are remembered. */
export interface OutputOptions {
  readonly driver: Pick<KafkaDriver, 'producer'>
  readonly runtime: Runtime
  readonly mostRemembered?: number
}

/** A topic that did not get a message, and the reason. */
export interface FailedTopic {
  readonly topic: string
  readonly failed: BatutaError
}

/**
 * Time in which a message is sent again here: a lost leader has a successor some seconds later. In the outbox the message would wait
 * as long again as the outage took.
 */
const PATIENCE: Duration = 6_000
/** Messages of which the topics that have them are remembered; about a hundred bytes each. */
const MOST_REMEMBERED = 100_000

/**
 * The output topics of a channel, each with a batcher and producer of its own, so that a missing topic delays no other one.
 *
 * For a message that only some topics got, these topics are remembered, and a repeat goes to the others alone. The record is in memory:
 * after a restart, or beyond `MOST_REMEMBERED` messages, a repeat goes to all topics, under the same key.
 */
export class OutputTopics {
  readonly #batchers: ReadonlyMap<string, Batcher>
  /** By message, the oldest first: the topics that have it. */
  readonly #reached = new Map<string, readonly string[]>()
  readonly #mostRemembered: number

  constructor(topics: readonly string[], { driver, runtime, mostRemembered = MOST_REMEMBERED }: OutputOptions) {
    this.#batchers = new Map(topics.map((topic) => [topic, new Batcher(driver, runtime, PATIENCE)]))
    this.#mostRemembered = mostRemembered
  }

  get topics(): readonly string[] {
    return [...this.#batchers.keys()]
  }

  /** Sends the message to every topic that lacks it. Resolves within `timeout` with the topics that still lack it. */
  async put(id: string, message: KafkaMessage, timeout: Duration): Promise<readonly FailedTopic[]> {
    const before = this.#reached.get(id) ?? NONE
    const lacking = [...this.#batchers].filter(([topic]) => !before.includes(topic))
    const results = await Promise.all(
      lacking.map(([topic, batcher]) =>
        batcher.put([topic], message, timeout).then(
          () => undefined,
          (thrown: unknown): FailedTopic => ({ topic, failed: failureOf(`send to ${topic}`, thrown) }),
        ),
      ),
    )
    const failed = results.filter((one) => one !== undefined)
    if (this.#batchers.size > 1) this.#remember(id, failed)
    return failed
  }

  async close(): Promise<void> {
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.close()))
  }

  #remember(id: string, failedTopics: readonly FailedTopic[]): void {
    this.#reached.delete(id)
    const reached = this.topics.filter((topic) => !failedTopics.some((failed) => failed.topic === topic))
    if (failedTopics.length === 0 || reached.length === 0) return
    this.#reached.set(id, reached)
    if (this.#reached.size <= this.#mostRemembered) return
    for (const oldest of this.#reached.keys()) return void this.#reached.delete(oldest)
  }
}

const NONE: readonly string[] = []
