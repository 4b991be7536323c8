import type { Duration } from '../../../src/engine/saga.ts'
import { reasonOf } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Admin, KafkaDriver } from './driver.ts'
import { withTimeout } from './timing.ts'

/** A probe must answer soon. */
const PROBE: Duration = 2_000
/** Any other question. */
const QUESTION: Duration = 15_000

/** A connection, and the questions that wait for its answers. */
interface Opened {
  readonly admin: Promise<Admin>
  questions: number
}

/**
 * One connection for questions about the cluster. After a failure the next question opens a new one; the failed one is closed when its
 * last question has ended, since the others may still be answered.
 */
export class AdminConnection {
  readonly #channel: string
  readonly #driver: Pick<KafkaDriver, 'admin'>
  readonly #runtime: Runtime
  #opened: Opened | undefined
  #probing: Promise<Health> | undefined

  constructor(channel: string, driver: Pick<KafkaDriver, 'admin'>, runtime: Runtime) {
    this.#channel = channel
    this.#driver = driver
    this.#runtime = runtime
  }

  /** Rejects with a `BatutaError` within `ms`. */
  async ask<T>(question: (admin: Admin) => Promise<T>, ms: Duration = QUESTION): Promise<T> {
    const opened = (this.#opened ??= { admin: this.#driver.admin(), questions: 0 })
    opened.questions++
    try {
      return await withTimeout(this.#runtime, opened.admin.then(question), { ms, action: 'ask the Kafka brokers' })
    } catch (thrown) {
      if (this.#opened === opened) this.#opened = undefined
      throw thrown
    } finally {
      opened.questions--
      if (opened.questions === 0 && this.#opened !== opened) void close(opened)
    }
  }

  /** Asks a broker now, for these topics where there are any. Concurrent probes share one question. */
  probe(topics: readonly string[] = []): Promise<Health> {
    this.#probing ??= this.#missing(topics)
      .catch(reasonOf)
      .then((why): Health => (why === undefined ? HEALTHY : { ok: false, why: `channel "${this.#channel}": ${why}` }))
      .finally(() => (this.#probing = undefined))
    return this.#probing
  }

  #missing(topics: readonly string[]): Promise<string | undefined> {
    return this.ask(async (admin) => {
      if (topics.length > 0) return missingTopics(await admin.partitions(topics), topics)
      await admin.ping()
      return undefined
    }, PROBE)
  }

  async close(): Promise<void> {
    if (this.#opened !== undefined) await close(this.#opened)
  }
}

async function close({ admin }: Opened): Promise<void> {
  await admin.then((one) => one.close()).catch(() => undefined)
}

const HEALTHY: Health = { ok: true }

/** A sentence that names the topics that are not in `found`; `undefined` where all are. */
export function missingTopics(found: ReadonlyMap<string, number>, topics: readonly string[]): string | undefined {
  const missing = topics.filter((topic) => !found.has(topic)).map((topic) => `"${topic}"`)
  if (missing.length === 0) return undefined
  const what = missing.length === 1 ? `the topic ${missing[0]} does` : `the topics ${missing.join(', ')} do`
  return `${what} not exist, or may not be seen`
}
