import type { SagaDocument } from '../codec/saga-document.ts'
import { DEFAULTS } from '../defaults.ts'
import type { Duration, Instant, SagaEvent, SagaId } from '../engine/saga.ts'
import type { Health } from '../ports/health.ts'
import type { Page } from '../ports/persistency.ts'
import { pageOfSagas } from './answer-filter.ts'
import type { SagaCountQuery, SagaQuery } from './answer-filter.ts'
import type { Census } from './observability/census.ts'
import type { Damaged } from './undone.ts'
import type { Corridor, Created, CreateRequest, EndRequest, Outcome } from './corridor.ts'
import type { CorridorParts } from './corridor-parts.ts'
import { countSagas } from './observability/count-sagas.ts'
import type { CountAnswer } from './observability/count-sagas.ts'
import { createSaga } from './events/create.ts'
import { CreationHealth } from './events/creation-health.ts'
import { atMost } from './deadline.ts'
import type { EndWaits } from './events/end-waits.ts'
import { handleEvent } from './events/handle.ts'
import type { EventSource, UnexpectedEvents } from './events/event-task.ts'
import type { Mailbox } from './mailbox.ts'
import { SagaRequests } from './saga-requests.ts'
import type { ChannelState, Relay } from './sending/relay.ts'
import { operateOnSaga } from './operators/operate.ts'
import { listed } from './operators/operation-plan.ts'
import { logOperation } from './operators/log-operation.ts'
import type { Operated, SagaOperation } from './operators/saga-operation.ts'
import { deadlineOf } from './request-deadline.ts'
import type { Retention } from './recovery/retention.ts'
import type { SagaRecovery, Woken } from './recovery/saga-recovery.ts'
import type { StepFeed } from './events/step-feed.ts'
import type { Sweep } from './recovery/sweep.ts'
import { documentInTime, readInTime } from './timed-reads.ts'
import type { TimerGrace } from './timers/timer-grace.ts'
import type { Turn } from './events/turn.ts'
import type { UnknownReferences } from './observability/unknown-references.ts'
import type { Watched, WatchedAll, WatchAllRequest, WatchRequest } from './watching/watched.ts'
import type { Watches } from './watching/watches.ts'

/** Parts of an orchestrator; `assemble` makes them of its options. */
export interface OrchestratorParts extends CorridorParts {
  readonly mailbox: Mailbox
  readonly relay: Relay
  readonly endWaits: EndWaits
  readonly watches: Watches
  readonly unexpectedEvents: UnexpectedEvents
  readonly unknownReferences: UnknownReferences
  readonly census: Census
  readonly sagaRecovery: SagaRecovery
  readonly timerGrace: TimerGrace
  /** Present where recovery is by sweep. */
  readonly sweep?: Sweep | undefined
  /** Present where final sagas are removed. */
  readonly retention?: Retention | undefined
}

/** Milliseconds of a request's time that are left for its answer after sends that do not end. */
const FOR_ANSWER: Duration = 500
/** Share of the time for stopping. */
const FOR_SENDS = 0.9

/** The corridor: decode → decide → save → relay. It runs all work of a saga in the saga's mailbox. */
export class Orchestrator implements Corridor {
  readonly #parts: OrchestratorParts
  readonly #requests: SagaRequests
  readonly #creationHealth: CreationHealth

  constructor(parts: OrchestratorParts) {
    this.#parts = parts
    this.#requests = new SagaRequests(parts)
    this.#creationHealth = new CreationHealth(parts.runtime)
  }

  /** Steps as this process saves them. */
  get feed(): StepFeed {
    return this.#parts.feed
  }

  /** Begins recovery of due work from the store (I9), and removal of final sagas. */
  start(): void {
    const {
      persistency,
      runtime,
      metrics,
      relay,
      redelivery,
      sweep,
      unknownReferences,
      census,
      retention,
      timerGrace,
    } = this.#parts
    metrics.readChannels(() => relay.states())
    if (redelivery !== undefined) runtime.log.write('store.no-query', { store: persistency.name })
    timerGrace.begin()
    sweep?.start()
    unknownReferences.start()
    census.start()
    retention?.start()
  }

  /** The first part of a stop: requests that wait for the end of a saga are answered. */
  leave(): void {
    this.#parts.endWaits.close()
  }

  /** The beginning of the stop itself: streams end, since requests under way are waited for. */
  endWatches(): void {
    this.#parts.watches.close()
  }

  /**
   * Ends sends under way, then writes their settlements; a command that is not settled `within` ms stays owed. Sends that hang
   * leave a tenth of the time to the settlements of delivered commands, and to dead letters of commands that are sent once (P15).
   */
  async stop(within: number): Promise<void> {
    const { runtime, mailbox, settlements, relay, sweep, unknownReferences, census, retention, incidents, timerGrace } =
      this.#parts
    const deadline = runtime.monotonic() + within
    this.leave()
    this.endWatches()
    unknownReferences.stop()
    census.stop()
    timerGrace.stop()
    const looks = Promise.all([sweep?.stop(), retention?.stop()])
    const ending = Promise.all([looks, mailbox.idle()]).then(() => relay.idle())
    const sent = atMost(runtime, within * FOR_SENDS, ending).then(() =>
      Promise.all([relay.abandonOnceSends(), settlements.flush(deadline)]),
    )
    await atMost(runtime, within, Promise.all([settlements.flush(deadline), sent]))
    incidents.close()
  }

  /** One look at the store, as `start` begins them at intervals; for hosts whose timers do not outlive a request (P19). */
  async look(): Promise<void> {
    const { relay, sweep, retention } = this.#parts
    await Promise.all([sweep?.runAfresh(), retention?.run()])
    await relay.idle()
  }

  /**
   * Does everything of one saga that is due; for hosts with an alarm for each saga (P19). Returns when something that could not be
   * done is worth another look.
   */
  async wake(id: SagaId): Promise<Woken> {
    const { sagaRecovery, relay, unknownReferences, incidents } = this.#parts
    const woken = await sagaRecovery.wake(id, (saga) => unknownReferences.woken(saga, incidents))
    await relay.idle()
    return woken
  }

  /** The store was away, so that events have waited in the topics: the events of timers wait for them (P18). */
  noteOutage(): void {
    this.#parts.timerGrace.begin()
  }

  /** Health of creations: a store's own probe may not meet the failure that they met. */
  creates(): Health {
    return this.#creationHealth.health()
  }

  /** The queues of all channels at this moment. */
  channels(): readonly ChannelState[] {
    return this.#parts.relay.states()
  }

  /** Starts no further send to this channel, in this process; its commands stay owed. Returns false where there is no such channel. */
  pause(channel: string): boolean {
    return this.#parts.relay.pause(channel)
  }

  /**
   * Ends the pause of a channel. `end`: when it ended, where that is known; a channel that is not paused only learns it. Returns
   * false where there is no such channel.
   */
  resume(channel: string, end?: Instant): boolean {
    return this.#parts.relay.resume(channel, end)
  }

  /** Resolves when more events may be handed in; `undefined` where they may be now (P16). */
  backpressure(): Promise<void> | undefined {
    return this.#parts.relay.backpressure()
  }

  async create(request: CreateRequest): Promise<Created> {
    const { runtime, metrics } = this.#parts
    const { id } = request
    const began = runtime.monotonic()
    const deadline = deadlineOf(runtime)
    const work = () => createSaga(this.#parts, request, deadline)
    const created = await this.#requests.answer({ id, work, deadline }, deadline)
    metrics.creation(created.kind)
    metrics.step('creation', (runtime.monotonic() - began) / 1_000)
    this.#creationHealth.note(created)
    this.#requests.report(id, created, request.requestId)
    return created
  }

  /** `within`: milliseconds in which the event must be begun; begun work is given up at the deadline of requests at the earliest. */
  async handle(event: SagaEvent, within: Duration = DEFAULTS.deadline, source?: EventSource): Promise<Outcome> {
    const { runtime, metrics, unexpectedEvents } = this.#parts
    const id = event.sagaId
    const began = runtime.monotonic()
    const deadline = began + within
    const latest = deadline + Math.max(0, DEFAULTS.deadline - within)
    const work = () => handleEvent(this.#parts, { event, deadline, unexpectedEvents, source })
    const outcome = await this.#requests.answer({ id, work, deadline, event }, latest)
    metrics.event(outcome.kind)
    metrics.step('event', (runtime.monotonic() - began) / 1_000)
    this.#requests.report(id, outcome, event.requestId)
    return outcome
  }

  /**
   * Carries out an operator's action (P25). Its commands leave after the answer, since recovery goes on with them; where it does not,
   * the answer waits for their sends and names those without success (P17).
   */
  async operate(operation: SagaOperation): Promise<Operated> {
    const { runtime } = this.#parts
    const { sagaId: id, requestId } = operation
    const deadline = deadlineOf(runtime)
    const work = () => operateOnSaga(this.#parts, operation, deadline)
    const operated = await this.#requests.operate({ id, work, deadline }, (turn) => this.#sent(turn, deadline))
    this.#requests.report(id, operated, requestId)
    logOperation(runtime.log, operation, operated)
    return operated
  }

  async #sent({ answer, sends = [] }: Turn<Operated>, deadline: number): Promise<Operated> {
    const { redelivery } = this.#parts
    if (redelivery === undefined || answer.kind !== 'done' || sends.length === 0) return answer
    const notDelivered = await redelivery.undelivered(sends, deadline - FOR_ANSWER)
    return { ...answer, details: { ...answer.details, ...listed('notDelivered', notDelivered) } }
  }

  document(id: SagaId): Promise<SagaDocument | Damaged | undefined> {
    const { persistency, runtime } = this.#parts
    return documentInTime(runtime, persistency, id)
  }

  async list(query: SagaQuery): Promise<Page | false> {
    const { persistency, runtime } = this.#parts
    const { list } = persistency.can
    return list === false ? false : readInTime(runtime, persistency, pageOfSagas(list, query))
  }

  count(query: SagaCountQuery): Promise<CountAnswer> {
    const { persistency, runtime } = this.#parts
    return countSagas(runtime, persistency, query)
  }

  awaitEnd(request: EndRequest, gone?: AbortSignal): Promise<boolean> {
    return this.#parts.endWaits.wait(request, gone)
  }

  watch(request: WatchRequest, gone?: AbortSignal): Promise<Watched> {
    return this.#parts.watches.one(request, gone)
  }

  async watchAll(request: WatchAllRequest, gone?: AbortSignal): Promise<WatchedAll> {
    return this.#parts.watches.all(request, gone)
  }
}
