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

  /** Whether a broker answers now; probes that meet share one question. */
  probe(): Promise<Health> {
    this.#probing ??= this.ask((admin) => admin.ping(), PROBE)
      .then((): Health => ({ ok: true }))
      .catch((thrown): Health => ({ ok: false, why: `channel "${this.#channel}": ${reasonOf(thrown)}` }))
      .finally(() => (this.#probing = undefined))
    return this.#probing
  }

  async close(): Promise<void> {
    await this.#admin?.then((admin) => admin.close()).catch(() => undefined)
  }
}
