import type { Duration } from '../../../src/engine/saga.ts'
import { reasonOf } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import type { Admin, Driver } from './driver.ts'
import { within } from './within.ts'

/** A probe is asked by somebody who does not wait long. */
const PROBE: Duration = 2_000
/** Other questions. */
const QUESTION: Duration = 15_000

/** One connection for questions about the cluster; after a failure the next question gets a new one. */
export class Contact {
  readonly #channel: string
  readonly #driver: Pick<Driver, 'admin'>
  readonly #runtime: Runtime
  #admin: Promise<Admin> | undefined
  #probing: Promise<Health> | undefined

  constructor(channel: string, driver: Pick<Driver, 'admin'>, runtime: Runtime) {
    this.#channel = channel
    this.#driver = driver
    this.#runtime = runtime
  }

  async ask<T>(question: (admin: Admin) => Promise<T>, wait: Duration = QUESTION): Promise<T> {
    const opening = (this.#admin ??= this.#driver.admin())
    try {
      return await within(this.#runtime, wait, 'ask the Kafka brokers', opening.then(question))
    } catch (thrown) {
      if (this.#admin === opening) this.#admin = undefined
      opening.then((admin) => admin.close()).catch(() => undefined)
      throw thrown
    }
  }

  /** Asks a broker now, and looks for these topics; concurrent probes share one question. */
  probe(topics: readonly string[] = []): Promise<Health> {
    this.#probing ??= this.#missing(topics)
      .catch(reasonOf)
      .then((why): Health => (why === undefined ? HEALTHY : { ok: false, why: `channel "${this.#channel}": ${why}` }))
      .finally(() => (this.#probing = undefined))
    return this.#probing
  }

  #missing(topics: readonly string[]): Promise<string | undefined> {
    return this.ask(async (admin) => {
      if (topics.length > 0) return missingIn(await admin.partitions(topics), topics)
      await admin.ping()
      return undefined
    }, PROBE)
  }

  async close(): Promise<void> {
    await this.#admin?.then((admin) => admin.close()).catch(() => undefined)
  }
}

const HEALTHY: Health = { ok: true }

/** Names the topics that are not in `found`; nothing where all are. */
export function missingIn(found: ReadonlyMap<string, number>, topics: readonly string[]): string | undefined {
  const missing = topics.filter((topic) => !found.has(topic)).map((topic) => `"${topic}"`)
  if (missing.length === 0) return undefined
  const what = missing.length === 1 ? `the topic ${missing[0]} does` : `the topics ${missing.join(', ')} do`
  return `${what} not exist, or may not be seen`
}
