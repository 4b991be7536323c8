import { DurableObject } from 'cloudflare:workers'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import { lentPersistency } from '../../adapters/persistency/durable-object/lent.ts'
import type { ObjectPersistency } from '../../adapters/persistency/durable-object/resident.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { SagaEvent } from '../../src/engine/saga.ts'
import type { CreateRequest } from '../../src/orchestrator/corridor.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { reasonOf } from '../../src/errors.ts'
import { composeOrchestrator } from '../../src/service.ts'
import { boundService } from './bound-service.ts'
import type { Bindings } from './bound-service.ts'
import type { EdgeAdditions } from './prepare-edge.ts'
import type { RemoteSaga } from './objects-corridor.ts'
import type { ProbedObject } from './edge-readiness.ts'

interface ObjectParts {
  readonly store: ObjectPersistency
  readonly corridor: Orchestrator
}

/** One saga with its own mailbox and alarm, and its own storage where no other is named: the corridor runs in here (P19). */
export class Sagas extends DurableObject<Bindings> implements RemoteSaga, ProbedObject {
  readonly #life: Promise<ObjectParts>

  /** `additions`: those of the Worker, from the constructor of a subclass. */
  constructor(ctx: DurableObjectState, env: Bindings, additions: EdgeAdditions = {}) {
    super(ctx, env)
    this.#life = this.#begin(additions)
    this.#life.catch(() => undefined) // whoever calls is told
  }

  async create(order: string): Promise<string> {
    const { corridor } = await this.#life
    return JSON.stringify(await corridor.create(JSON.parse(order) as CreateRequest))
  }

  async handle(event: string): Promise<string> {
    const { corridor } = await this.#life
    return JSON.stringify(await corridor.handle(JSON.parse(event) as SagaEvent))
  }

  async document(id: string): Promise<string | undefined> {
    const { corridor } = await this.#life
    const document = await corridor.document(id)
    return document && JSON.stringify(document)
  }

  /** For `/-/ready`, of an object that has no saga. */
  async probe(): Promise<void> {
    await this.ctx.storage.put('probed', Date.now())
    await this.ctx.storage.sync()
  }

  /**
   * The next alarm is set before anything else, so that none is lost if the process is killed in here. It is a short one:
   * the saga must not wait for a minute because of a kill. Nothing is thrown: the platform drops an alarm that keeps failing.
   */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx
    await storage.setAlarm(Date.now() + DEFAULTS.alarmGuard)
    try {
      await this.#tend()
    } catch (thrown) {
      await storage.setAlarm(Date.now() + DEFAULTS.retryLongest)
      const line = { level: 'error', time: new Date().toISOString(), msg: 'an alarm was not carried out' }
      console.error(JSON.stringify({ ...line, why: reasonOf(thrown) })) // there may be no configuration, and so no log
    }
  }

  async #tend(): Promise<void> {
    const { store, corridor } = await this.#life
    const id = await store.resident()
    if (id !== undefined) await corridor.wake(id)
    const now = Date.now()
    await store.arm(now, now + DEFAULTS.sweep)
  }

  async #begin(additions: EdgeAdditions): Promise<ObjectParts> {
    const here = await boundService(this.env, additions)
    const { storage } = this.ctx
    const store = here.openStore ? lentPersistency(await here.openStore(), storage) : durableObjectPersistency(storage)
    const runtime = { ...here.runtime, waitUntil: (work: Promise<unknown>) => this.ctx.waitUntil(work) }
    return { store, corridor: composeOrchestrator({ ...here, runtime }, store, here) }
  }
}
