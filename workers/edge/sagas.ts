import { DurableObject } from 'cloudflare:workers'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import type { ObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { SagaEvent } from '../../src/engine/saga.ts'
import type { Order } from '../../src/orchestrator/corridor.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { messageOf } from '../../src/errors.ts'
import { conduct, openChannels } from '../../src/service.ts'
import { bound } from './bindings.ts'
import type { Bindings } from './bindings.ts'
import type { RemoteSaga } from './objects.ts'

/** One saga with its own storage, mailbox and alarm: the whole corridor runs in here (P19). */
export class Sagas extends DurableObject<Bindings> implements RemoteSaga {
  readonly #store: ObjectPersistency
  readonly #corridor: Promise<Orchestrator>

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    this.#store = durableObjectPersistency(ctx.storage)
    this.#corridor = this.#conduct()
    this.#corridor.catch(() => undefined) // whoever calls is told
  }

  async create(order: string): Promise<string> {
    const corridor = await this.#corridor
    return JSON.stringify(await corridor.create(JSON.parse(order) as Order))
  }

  async handle(event: string): Promise<string> {
    const corridor = await this.#corridor
    return JSON.stringify(await corridor.handle(JSON.parse(event) as SagaEvent))
  }

  async document(id: string): Promise<string | undefined> {
    const document = await this.#store.document(id)
    return document && JSON.stringify(document)
  }

  /**
   * The next alarm is set before anything else, so that none is lost whatever happens; and nothing is thrown, because the
   * platform drops an alarm that keeps failing.
   */
  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + DEFAULTS.retryLongest)
    try {
      await this.#tend()
    } catch (thrown) {
      console.error(JSON.stringify({ level: 'error', msg: 'an alarm was not carried out', why: messageOf(thrown) }))
    }
  }

  async #tend(): Promise<void> {
    const id = this.#store.resident()
    if (id !== undefined) await (await this.#corridor).wake(id)
    const now = Date.now()
    await this.#store.arm(now, now + DEFAULTS.sweep)
  }

  async #conduct(): Promise<Orchestrator> {
    const prepared = await bound(this.env)
    const runtime = { ...prepared.runtime, waitUntil: (work: Promise<unknown>) => this.ctx.waitUntil(work) }
    const here = { ...prepared, runtime }
    return conduct(here, await openChannels(here), this.#store)
  }
}
