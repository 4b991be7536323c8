import type { SagaDocument } from '../codec/document.ts'
import { DEFAULTS } from '../defaults.ts'
import type { Duration, Instant, SagaEvent, SagaId } from '../engine/saga.ts'
import { isUnreadableSaga, reasonOf } from '../errors.ts'
import { kindOfReason, Incidents } from './incidents.ts'
import type { Machine } from '../machine/compile.ts'
import type { Channel } from '../ports/channel.ts'
import type { Health } from '../ports/health.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ListQuery, Page, Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Corridor, Created, Damaged, CreateRequest, Outcome, Unavailable } from './corridor.ts'
import { ScanProgress } from './scan-progress.ts'
import { CreationHealth } from './creation-health.ts'
import { ClockCheck } from './clock-check.ts'
import { createSaga } from './create.ts'
import { SendVerdict } from './send-verdict.ts'
import { Settlements } from './settlements.ts'
import { handleEvent } from './handle.ts'
import type { UnexpectedEvents } from './handle.ts'
import { HeadCache } from './head-cache.ts'
import { IdleLeases } from './idle-leases.ts'
import { Ledger } from './ledger.ts'
import { Mailbox } from './mailbox.ts'
import { atMost, byDeadline } from './deadline.ts'
import { damaged, documentInTime, readInTime } from './timed-reads.ts'
import { Redelivery } from './redelivery.ts'
import { Relay } from './relay.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import { Retention } from './retention.ts'
import { ChannelCapacity } from './channel-capacity.ts'
import { Sender } from './sender.ts'
import { SizeLimit } from './size-limit.ts'
import { deadlineOf } from './commit-step.ts'
import type { CorridorParts } from './commit-step.ts'
import { UnknownReferences } from './unknown-references.ts'
import { Sweep } from './sweep.ts'
import { SagaRecovery } from './saga-recovery.ts'

export interface OrchestratorOptions {
  readonly machine: Machine
  readonly persistency: Persistency
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly unexpectedEvents: UnexpectedEvents
  /** How long final sagas are kept; absent: for ever. For stores whose `can.removal` says how. */
  readonly retention?: Duration | undefined
  /** Bytes of metadata that a saga may have, where its store does not set a smaller limit (P24). Default: no limit but the store's. */
  readonly maxSagaSize?: number | undefined
  /** Told when which saga is to be woken; for hosts that see to it themselves. Default: the sweep, where it was started. */
  readonly retryAt?: ((due: Instant, id: SagaId) => void) | undefined
  /** What happens again and again is told once; shared where there is an orchestrator for each saga or look. */
  readonly incidents?: Incidents | undefined
  /** Where recovery stands, for hosts that have an orchestrator for each look. */
  readonly scanProgress?: ScanProgress | undefined
}

/** Share of the time for stopping. */
const FOR_SENDS = 0.9

/**
 * The corridor: decode → decide → save → relay. It puts the pieces together and every saga's work into its mailbox; how a
 * saga is read and written is the ledger's, how commands leave is the relay's.
 */
export class Orchestrator implements Corridor {
  readonly #options: OrchestratorOptions
  readonly #mailbox = new Mailbox()
  readonly #creationHealth: CreationHealth
  readonly #relay: Relay
  readonly #unknownReferences: UnknownReferences
  readonly #incidents: Incidents
  readonly #steps: CorridorParts
  readonly #sweep: Sweep | undefined
  readonly #redelivery: Redelivery | undefined
  readonly #retention: Retention | undefined

  constructor(options: OrchestratorOptions) {
    this.#options = options
    this.#creationHealth = new CreationHealth(options.runtime)
    const { machine, persistency, channels, runtime, metrics } = options
    const { recovery, shared } = persistency.can
    const mailbox = this.#mailbox
    const heads = new HeadCache(DEFAULTS.heads)
    const ledger = new Ledger({ persistency, heads, runtime, metrics, size: sizeLimitOf(options) })
    const settleAfter = runtime.mayVanish ? 0 : DEFAULTS.settle
    const retryAt = options.retryAt ?? ((due) => this.#sweep?.wakeAt(due))
    const leases = new IdleLeases(DEFAULTS.leases)
    const incidents = options.incidents ?? new Incidents(runtime)
    const settlements = new Settlements({ ledger, mailbox, runtime, settleAfter })
    const verdict = new SendVerdict({ ledger, mailbox, settlements, runtime, retryAt, leases, incidents })
    const { sendsAtOnce } = DEFAULTS
    const queue = { commands: DEFAULTS.queue, bytes: DEFAULTS.queueBytes }
    const concluded = verdict.concluded.bind(verdict)
    const dropped = (outgoing: OutgoingCommand) => sender.dropped(outgoing)
    const freed = (channel: string) => this.#sweep?.freed(channel)
    const relay = new Relay({ channels, runtime, metrics, incidents, queue, sendsAtOnce, concluded, dropped, freed })
    const sender = new Sender({
      ledger,
      relay,
      settlements,
      runtime,
      channels,
      shared,
      leases,
    })
    this.#relay = relay
    this.#incidents = incidents
    if (recovery.by === 'redelivery') {
      this.#redelivery = new Redelivery({ persistency, ledger, mailbox, relay, settlements, sender, runtime })
    }
    this.#steps = {
      machine,
      persistency,
      ledger,
      settlements,
      sender,
      runtime,
      metrics,
      incidents,
      redelivery: this.#redelivery,
    }
    const clock = new ClockCheck(persistency, runtime)
    const { list, removal } = persistency.can
    const unknownReferences = new UnknownReferences({ machine, channels, list, shared, runtime, metrics })
    this.#unknownReferences = unknownReferences
    if (recovery.by === 'sweep') {
      const scanProgress = options.scanProgress ?? new ScanProgress(runtime.wallClock())
      const capacity = new ChannelCapacity(relay, runtime)
      const sagaRecovery = new SagaRecovery({ ledger, mailbox, sender, leases, capacity, runtime })
      this.#sweep = new Sweep({
        recovery,
        shared,
        sender,
        sagaRecovery,
        leases,
        capacity,
        runtime,
        clock,
        scanProgress,
        unknownReferences,
        incidents,
      })
    }
    const { retention: keep } = options
    if (removal !== false && keep !== undefined)
      this.#retention = new Retention({ removal, list, keep, runtime, clock })
  }

  /** From now on what is due in the store is taken up (I9). */
  start(): void {
    if (this.#redelivery !== undefined) this.#warn()
    this.#sweep?.start()
    this.#unknownReferences.start()
    this.#retention?.start()
  }

  /** P17, once: what an operator must know of such a store. */
  #warn(): void {
    const { persistency, runtime } = this.#options
    runtime.log.info(
      'the store cannot be asked what is owed: requests and events are acknowledged only when their commands are out, ' +
        'and who gets no such answer must send the same again',
      { store: persistency.name },
    )
  }

  /**
   * Ends what is under way: sends, then settlements. What does not end within `within` ms stays owed. Sends leave a part of it
   * to the settlements of what was delivered while others were still hanging.
   */
  async stop(within: number): Promise<void> {
    const { runtime } = this.#options
    const { settlements } = this.#steps
    const deadline = runtime.monotonic() + within
    this.#unknownReferences.stop()
    const looks = Promise.all([this.#sweep?.stop(), this.#retention?.stop()])
    const ending = looks.then(() => this.#relay.idle())
    const sent = atMost(runtime, within * FOR_SENDS, ending).then(() => settlements.flush(deadline))
    await atMost(runtime, within, Promise.all([settlements.flush(deadline), sent]))
    this.#incidents.close()
  }

  /** One look at the store, as it would come by itself after `start`; for hosts whose timers are not ours (P19). */
  async look(): Promise<void> {
    await Promise.all([this.#sweep?.run(), this.#retention?.run()])
    await this.#relay.idle()
  }

  /** Looks at one saga and takes up what it owes; for hosts whose alarm belongs to the saga (P19). */
  async wake(id: SagaId): Promise<void> {
    const { ledger, sender } = this.#steps
    await this.#mailbox.run(id, async () => {
      const loaded = await ledger.read(id)
      if (loaded === undefined) return
      this.#unknownReferences.woken(loaded.saga, this.#incidents)
      await sender.claim(loaded)
    })
    await this.#relay.idle()
  }

  async create(order: CreateRequest): Promise<Created> {
    const deadline = deadlineOf(this.#options.runtime)
    const create = () => createSaga(this.#steps, order, deadline)
    const created = await this.#run(order.id, create, deadline)
    this.#options.metrics.creation(created.kind)
    this.#creationHealth.note(created)
    this.#tell(order.id, created)
    return created
  }

  /** Whether sagas can be created, as far as the last ones tell: a store's own probe may not meet what they met. */
  creates(): Health {
    return this.#creationHealth.health()
  }

  /** Something to wait for before more events are handed in, where commands pile up (P16). */
  backpressure(): Promise<void> | undefined {
    return this.#relay.backpressure()
  }

  async handle(event: SagaEvent, within: Duration = DEFAULTS.deadline): Promise<Outcome> {
    const deadline = this.#options.runtime.monotonic() + within
    const handle = () => handleEvent(this.#steps, event, deadline, this.#options.unexpectedEvents)
    // A source's event has less time to begin in; what has begun is not given up while a request's would not be.
    const latest = deadline + Math.max(0, DEFAULTS.deadline - within)
    const outcome = await this.#run(event.sagaId, handle, deadline, { latest, event })
    this.#options.metrics.event(outcome.kind)
    this.#tell(event.sagaId, outcome)
    return outcome
  }

  document(id: SagaId): Promise<SagaDocument | Damaged | undefined> {
    const { persistency, runtime } = this.#options
    return documentInTime(runtime, persistency, id)
  }

  async list(query: ListQuery): Promise<Page | false> {
    const { persistency, runtime } = this.#options
    const { list } = persistency.can
    return list === false ? false : readInTime(runtime, persistency, list.page(query))
  }

  /**
   * The work, in the saga's mailbox; the answer comes at the deadline at the latest. The mailbox stays with a write whose answer
   * is still to come, so nothing else is decided meanwhile (P6).
   */
  #run<T extends Created | Outcome>(
    id: SagaId,
    work: () => Promise<T>,
    deadline: number,
    { latest = deadline, event }: { readonly latest?: number; readonly event?: SagaEvent } = {},
  ): Promise<T | Damaged | Unavailable> {
    const { runtime } = this.#options
    const redelivery = this.#redelivery
    const done = redelivery ? redelivery.answer(id, work, deadline, event) : this.#mailbox.run(id, work)
    return byDeadline(runtime, latest, done.catch(failed(id)), async () => LATE)
  }

  /** The reason is for whoever runs the service: it may name files and hosts, so no client is told. */
  #tell(saga: SagaId, answer: Created | Outcome): void {
    if (answer.kind !== 'unavailable') return this.#incidents.succeeded('requests', 'request.in-time')
    const { why } = answer
    this.#incidents.report({ code: 'request.late', group: 'requests', kind: kindOfReason(why), fields: { saga, why } })
  }
}

/** A store whose own limit is the smaller one says it itself. */
function sizeLimitOf({ persistency, maxSagaSize }: OrchestratorOptions): SizeLimit | undefined {
  const { limit } = persistency.can
  if (maxSagaSize === undefined || (limit !== false && limit <= maxSagaSize)) return undefined
  return new SizeLimit(maxSagaSize)
}

/** No sign of what becomes of it: the store may be slow, or earlier events of the saga. */
const LATE: Unavailable = { kind: 'unavailable', why: 'the store had not answered by the deadline' }

function failed(id: SagaId): (thrown: unknown) => Damaged | Unavailable {
  return (thrown) => (isUnreadableSaga(thrown) ? damaged(id, thrown) : unavailable(thrown))
}

function unavailable(thrown: unknown): Unavailable {
  return { kind: 'unavailable', why: reasonOf(thrown) }
}
