import { DurableObject } from 'cloudflare:workers'
import { durableObjectPersistency } from '../../adapters/persistency/durable-object.ts'
import { ObjectRecords } from '../../adapters/persistency/durable-object/object-records.ts'
import { remoteWithAlarm } from '../../adapters/persistency/durable-object/remote-with-alarm.ts'
import type { ObjectPersistency } from '../../adapters/persistency/durable-object/object-persistency.ts'
import { consoleLog } from '../../adapters/runtime/web.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Woken } from '../../src/orchestrator/recovery/saga-recovery.ts'
import type { WatchRequest } from '../../src/orchestrator/watching/watched.ts'
import { reasonOf } from '../../src/errors.ts'
import { composeOrchestrator } from '../../src/service.ts'
import { boundService } from './bound-service.ts'
import type { Bindings } from './bound-service.ts'
import { answerRecordCall } from './control-object.ts'
import type { RecordCall, RecordObject } from './control-object.ts'
import { applyPauses, edgePauses } from './edge-pauses.ts'
import type { KnownPauses } from './edge-pauses.ts'
import { isRemoteMethod, STREAM_TYPE } from './objects-corridor.ts'
import type { RemoteSaga } from './objects-corridor.ts'
import type { EdgeAdditions } from './prepare-edge.ts'
import type { ProbedObject } from './edge-readiness.ts'

/** Without a valid configuration there is no log level, so the object has a log of its own. */
const ALARM_LOG = consoleLog('error', (line) => console.error(line))

/** An object without a saga looks again, since its write may be under way. */
const ALONE: Woken = { again: DEFAULTS.sweep, isPaused: false }

interface ObjectParts {
  readonly store: ObjectPersistency
  readonly corridor: Orchestrator
}

/**
 * The Durable Object of one saga: the saga's mailbox, alarm and corridor, and its storage where saga.json names no store (P19).
 */
export class Sagas extends DurableObject<Bindings> implements RemoteSaga, ProbedObject, RecordObject {
  readonly #parts: Promise<ObjectParts>
  readonly #additions: EdgeAdditions
  /** Channels that are paused in the orchestrator of this object. */
  #paused: ReadonlySet<string> = new Set()

  /** `additions`: those of the Worker, from the constructor of a subclass. */
  constructor(ctx: DurableObjectState, env: Bindings, additions: EdgeAdditions = {}) {
    super(ctx, env)
    this.#additions = additions
    this.#parts = this.#open(additions)
    this.#parts.catch(() => undefined) // every call rejects with it
  }

  async invoke(method: string, argument: string, paused?: readonly string[]): Promise<string | undefined> {
    if (!isRemoteMethod(method)) throw new Error(`call an object: found "${method}", expected a method of the corridor`)
    const { corridor } = await this.#parts
    if (paused !== undefined) await this.#learn(corridor, paused)
    const answer = JSON.stringify(await corridor[method](JSON.parse(argument) as never))
    if (this.#paused.size > 0) await this.#ringBefore(Date.now() + DEFAULTS.pausedLook)
    return answer
  }

  /** The stream of the object's saga, for the Worker (`RemoteSaga`). It keeps the object awake. */
  override async fetch(request: Request): Promise<Response> {
    const { corridor } = await this.#parts
    const watched = await corridor.watch((await request.json()) as WatchRequest)
    return watched.kind === 'open'
      ? new Response(watched.body, { headers: { 'content-type': STREAM_TYPE } })
      : Response.json(watched)
  }

  /** A record of the service, in the one object that has them. */
  async record(call: string): Promise<string | undefined> {
    const records = new ObjectRecords(this.ctx.storage)
    return JSON.stringify(await answerRecordCall(records, JSON.parse(call) as RecordCall))
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
    if (this.#paused.size > 0 || (await store.isDue(Date.now()))) await this.#lookAtPauses(corridor)
    const { again, isPaused } = id === undefined ? ALONE : await corridor.wake(id)
    const now = Date.now()
    await store.arm(now, now + again)
    if (isPaused) await this.#ringBefore(now + again)
  }

  /** Sets an earlier alarm where one is set: the end of a pause may come before the commands are due. */
  async #ringBefore(at: number): Promise<void> {
    const { storage } = this.ctx
    const set = await storage.getAlarm()
    if (set !== null && set > at) await storage.setAlarm(at)
  }

  async #learn(corridor: Orchestrator, paused: readonly string[]): Promise<void> {
    if (paused.length === 0 && this.#paused.size === 0) return
    ;(await edgePauses(await boundService(this.env, this.#additions))).learn(paused)
    this.#pause(corridor, { paused })
  }

  /** An alarm rings without the Worker: the object has to know by itself. */
  async #lookAtPauses(corridor: Orchestrator): Promise<void> {
    const pauses = await edgePauses(await boundService(this.env, this.#additions))
    this.#pause(corridor, await pauses.known())
  }

  #pause(corridor: Orchestrator, known: KnownPauses): void {
    applyPauses(corridor, known, this.#paused)
    this.#paused = new Set(known.paused)
  }

  async #open(additions: EdgeAdditions): Promise<ObjectParts> {
    const service = await boundService(this.env, additions)
    const { storage } = this.ctx
    const store = service.openStore
      ? remoteWithAlarm(await service.openStore(), storage)
      : durableObjectPersistency(storage)
    const runtime = { ...service.runtime, waitUntil: (work: Promise<unknown>) => this.ctx.waitUntil(work) }
    const parts = { ...service, watchLife: DEFAULTS.watchLifeBrief }
    return { store, corridor: composeOrchestrator({ ...service, runtime }, store, parts) }
  }
}
