import { DurableObject } from 'cloudflare:workers'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import { remoteWithAlarm } from '../../adapters/persistency/durable-object/remote-with-alarm.ts'
import type { ObjectPersistency } from '../../adapters/persistency/durable-object/object-persistency.ts'
import { consoleLog } from '../../adapters/runtime/web.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { reasonOf } from '../../src/errors.ts'
import { composeOrchestrator } from '../../src/service.ts'
import { boundService } from './bound-service.ts'
import type { Bindings } from './bound-service.ts'
import { isRemoteMethod } from './objects-corridor.ts'
import type { RemoteSaga } from './objects-corridor.ts'
import type { EdgeAdditions } from './prepare-edge.ts'
import type { ProbedObject } from './edge-readiness.ts'

/** Without a valid configuration there is no log level, so the object has a log of its own. */
const ALARM_LOG = consoleLog('error', (line) => console.error(line))

interface ObjectParts {
  readonly store: ObjectPersistency
  readonly corridor: Orchestrator
}

/**
 * The Durable Object of one saga: the saga's mailbox, alarm and corridor, and its storage where saga.json names no store (P19).
 */
export class Sagas extends DurableObject<Bindings> implements RemoteSaga, ProbedObject {
  readonly #parts: Promise<ObjectParts>

  /** `additions`: those of the Worker, from the constructor of a subclass. */
  constructor(ctx: DurableObjectState, env: Bindings, additions: EdgeAdditions = {}) {
    super(ctx, env)
    this.#parts = this.#open(additions)
    this.#parts.catch(() => undefined) // every call rejects with it
  }

  async invoke(method: string, argument: string): Promise<string | undefined> {
    if (!isRemoteMethod(method)) throw new Error(`call an object: found "${method}", expected a method of the corridor`)
    const { corridor } = await this.#parts
    return JSON.stringify(await corridor[method](JSON.parse(argument) as never))
  }

  /** For `/-/ready`, in an object without a saga: resolves once a write is durable. */
  async probe(): Promise<void> {
    await this.ctx.storage.put('probed', Date.now())
    await this.ctx.storage.sync()
  }

  /**
   * Sets the next alarm first, so that a kill in here loses none; after a few seconds, so that the saga does not wait a minute.
   * Never throws: the platform drops an alarm that keeps failing.
   */
  override async alarm(): Promise<void> {
    const { storage } = this.ctx
    await storage.setAlarm(Date.now() + DEFAULTS.alarmGuard)
    try {
      await this.#tend()
    } catch (thrown) {
      await storage.setAlarm(Date.now() + DEFAULTS.retryLongest)
      ALARM_LOG.write('object.alarm-failed', { why: reasonOf(thrown) })
    }
  }

  async #tend(): Promise<void> {
    const { store, corridor } = await this.#parts
    const id = await store.hostedSaga()
    const again = id === undefined ? DEFAULTS.sweep : await corridor.wake(id)
    const now = Date.now()
    await store.arm(now, now + again)
  }

  async #open(additions: EdgeAdditions): Promise<ObjectParts> {
    const service = await boundService(this.env, additions)
    const { storage } = this.ctx
    const store = service.openStore
      ? remoteWithAlarm(await service.openStore(), storage)
      : durableObjectPersistency(storage)
    const runtime = { ...service.runtime, waitUntil: (work: Promise<unknown>) => this.ctx.waitUntil(work) }
    return { store, corridor: composeOrchestrator({ ...service, runtime }, store, service) }
  }
}
