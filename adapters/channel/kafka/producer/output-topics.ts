import type { Duration } from '../../../src/engine/saga.ts'
import type { BatutaError } from '../../../src/errors.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import { Batcher } from './batcher.ts'
import type { Driver, Message } from './driver.ts'
import { failure } from './failure.ts'

/** A topic that a message did not reach, and why. */
export interface Missed {
  readonly topic: string
  readonly failed: BatutaError
}

/**
 * A partition whose leader is lost has another one some seconds later. What waits for that here goes on at once then; what is given back
 * would wait as long again as the outage took.
 */
const PATIENCE: Duration = 6_000
/** Messages of which it is remembered that some topics have them; about a hundred bytes each. */
const MOST_REMEMBERED = 100_000

/**
 * The output topics of a channel. Each has a batcher and a producer of its own, so that one which is gone delays no other.
 *
 * Topics that have a message while others lack it are remembered, so that a repeat goes only to those that lack it. In memory: after
 * a restart, or where more than `MOST_REMEMBERED` are owed, all topics get it again, under the same key.
 */
export class Outlets {
  readonly #batchers: ReadonlyMap<string, Batcher>
  /** By message; the oldest first. */
  readonly #reached = new Map<string, readonly string[]>()
  readonly #most: number

  constructor(
    topics: readonly string[],
    driver: Pick<Driver, 'producer'>,
    runtime: Runtime,
    most: number = MOST_REMEMBERED,
  ) {
    this.#batchers = new Map(topics.map((topic) => [topic, new Batcher(driver, runtime, PATIENCE)]))
    this.#most = most
  }

  get topics(): readonly string[] {
    return [...this.#batchers.keys()]
  }

  /** Puts the message into every topic that does not have it; answers those that still lack it after `timeout` at the latest. */
  async put(id: string, message: Message, timeout: Duration): Promise<readonly Missed[]> {
    const before = this.#reached.get(id) ?? NONE
    const lacking = [...this.#batchers].filter(([topic]) => !before.includes(topic))
    const missed = await Promise.all(lacking.map(([topic, batcher]) => miss(topic, batcher, message, timeout)))
    const left = missed.filter((one) => one !== undefined)
    if (this.#batchers.size > 1) this.#remember(id, left)
    return left
  }

  async close(): Promise<void> {
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.close()))
  }

  #remember(id: string, left: readonly Missed[]): void {
    this.#reached.delete(id)
    const reached = this.topics.filter((topic) => !left.some((missed) => missed.topic === topic))
    if (left.length === 0 || reached.length === 0) return
    this.#reached.set(id, reached)
    if (this.#reached.size <= this.#most) return
    for (const oldest of this.#reached.keys()) return void this.#reached.delete(oldest)
  }
}

const NONE: readonly string[] = []

async function miss(topic: string, batcher: Batcher, message: Message, timeout: Duration): Promise<Missed | undefined> {
  try {
    await batcher.put([topic], message, timeout)
    return undefined
  } catch (thrown) {
    return { topic, failed: failure(`send to ${topic}`, thrown) }
  }
}
