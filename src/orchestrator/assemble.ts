import { DEFAULTS } from '../defaults.ts'
import type { Duration, Instant, ParkingBounds, SagaId } from '../engine/saga.ts'
import type { Machine } from '../machine/compile.ts'
import type { Channel } from '../ports/channel.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Source } from '../ports/source.ts'
import { Census } from './observability/census.ts'
import { sharedCounts } from './observability/shared-counts.ts'
import { ChannelCapacity, unlessPaused } from './sending/channel-capacity.ts'
import { ClockCheck } from './recovery/clock-check.ts'
import type { EventTask, UnexpectedEvents } from './events/event-task.ts'
import type { CorridorParts, ParkingLimits } from './corridor-parts.ts'
import { CommandHooks } from './hooks/command-hooks.ts'
import { DueTimers, observers } from './timers/due-timers.ts'
import { EndWaits } from './events/end-waits.ts'
import { HookWatch } from './hooks/hook-watch.ts'
import { DueWork } from './recovery/due-work.ts'
import { handleEvent } from './events/handle.ts'
import { HeadCache } from './events/head-cache.ts'
import { IdleLeases } from './sending/idle-leases.ts'
import { Incidents } from './incidents.ts'
import { Ledger } from './events/ledger.ts'
import { Mailbox } from './mailbox.ts'
import { Orchestrator } from './orchestrator.ts'
import { Redelivery } from './recovery/redelivery.ts'
import { Relay } from './sending/relay.ts'
import { Retention } from './recovery/retention.ts'
import { sagaLogOf } from './observability/saga-log.ts'
import type { SagaLog } from './observability/saga-log.ts'
import { SagaRecovery } from './recovery/saga-recovery.ts'
import { SagaTimers } from './timers/saga-timers.ts'
import { ScanProgress } from './recovery/scan-progress.ts'
import { SendVerdict } from './sending/send-verdict.ts'
import { Claims } from './sending/claims.ts'
import { DebtLeases } from './sending/debt-leases.ts'
import { forgetDropped, Sender } from './sending/sender.ts'
import { Settlements } from './sending/settlements.ts'
import { SizeLimit } from './events/size-limit.ts'
import { StepFeed } from './events/step-feed.ts'
import { Sweep } from './recovery/sweep.ts'
import { SweepSignal } from './recovery/sweep-signal.ts'
import { TimerGrace } from './timers/timer-grace.ts'
import { UnknownReferences } from './observability/unknown-references.ts'
import { upkeepOf } from './events/upkeep.ts'
import { Watches } from './watching/watches.ts'

/** The parts of an orchestrator: a machine, a store, channels, a host and settings. */
export interface OrchestratorOptions {
  readonly machine: Machine
  readonly persistency: Persistency
  readonly channels: ReadonlyMap<string, Channel>
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly unexpectedEvents: UnexpectedEvents
  /** Bounds of the parked events of one saga (P10). Default: 100 for seven days. */
  readonly parking?: ParkingBounds | undefined
  /** Milliseconds that final sagas are kept; absent: for ever. Only for stores with `can.removal`. */
  readonly retention?: Duration | undefined
  /** Bytes of metadata that a saga may have, where its store has no smaller limit (P24). Default: the limit of the store. */
  readonly maxSagaSize?: number | undefined
  /** Called with the instant at which a saga must be woken, on hosts with an alarm for each saga. Default: the sweep wakes it. */
  readonly retryAt?: ((due: Instant, id: SagaId) => void) | undefined
  /** Incidents of several orchestrators in one log. Default: its own. */
  readonly incidents?: Incidents | undefined
  /** Progress of recovery, on hosts with an orchestrator for each look. Default: from the beginning. */
  readonly scanProgress?: ScanProgress | undefined
  /** Events come from these too: after trouble the events of timers wait for what their topics held then (P18). Default: none. */
  readonly sources?: readonly Source[] | undefined
  /** Longest wait of timers for the sources, in milliseconds. Default: `DEFAULTS.timerGrace`. */
  readonly timerGrace?: Duration | undefined
  /** Steps that are saved; several orchestrators may share one. Default: its own. */
  readonly feed?: StepFeed | undefined
  /** Life of a stream of server-sent events, on hosts that bound what one request may ask of the store, or wait for open requests. Default: no end. */
  readonly watchLife?: Duration | undefined
}

/** Makes an orchestrator of its parts. It does nothing on its own before `start`. */
export function assemble(options: OrchestratorOptions): Orchestrator {
  const { machine, persistency, channels, runtime, metrics, unexpectedEvents } = options
  const incidents = options.incidents ?? new Incidents(runtime)
  const mailbox = new Mailbox()
  const leases = new IdleLeases(DEFAULTS.leases)
  const signal = new SweepSignal()
  const feed = options.feed ?? new StepFeed(runtime.log)
  const heads = new HeadCache(DEFAULTS.heads)
  const ledger = new Ledger({ persistency, heads, runtime, metrics, size: sizeLimitOf(options), feed })
  const sagaLog = sagaLogOf(runtime.log, ledger)
  const outbox = assembleOutbox(options, { incidents, mailbox, leases, signal, ledger, sagaLog })
  const { relay, settlements, sender, claims, debtLeases } = outbox
  const common = { machine, persistency, channels, runtime, metrics, incidents, mailbox, ledger, ...outbox }
  const { shared } = persistency.can
  const redelivery = persistency.can.recovery.by === 'redelivery' ? new Redelivery(common) : undefined
  const scanProgress = options.scanProgress ?? new ScanProgress(runtime.wallClock())
  const isCatchingUp = () => scanProgress.isCatchingUp(runtime.monotonic())
  const can = { list: persistency.can.list, counts: sharedCounts(persistency.can.counts) }
  const unknownReferences = new UnknownReferences({ machine, channels, can, isCatchingUp, shared, runtime, metrics })
  const clock = new ClockCheck(persistency, runtime)
  const capacity = new ChannelCapacity(relay)
  const hooks = commandHooksOf(options, incidents)
  const corridor: CorridorParts = {
    machine,
    persistency,
    runtime,
    metrics,
    incidents,
    hooks,
    ledger,
    settlements,
    sender,
    debtLeases,
    redelivery,
    sagaLog,
    feed,
    parking: parkingOf(options),
  }
  const timerGrace = timerGraceOf(options, signal)
  const handle = (task: EventTask) => handleEvent(corridor, task)
  const timers = new SagaTimers({ ...common, grace: timerGrace, handle })
  const work = new DueWork({ claims, timers, ledger, upkeep: upkeepOf(corridor) })
  const sagaRecovery = new SagaRecovery({
    ledger,
    mailbox,
    work,
    leases,
    capacity,
    ofAlarm: unlessPaused(relay),
    runtime,
  })
  return new Orchestrator({
    ...corridor,
    unexpectedEvents,
    mailbox,
    relay,
    endWaits: new EndWaits({ feed, ledger, runtime, shared }),
    watches: new Watches({ feed, ledger, persistency, runtime, metrics, life: options.watchLife }),
    unknownReferences,
    census: new Census({ machine, can, runtime, metrics }),
    sagaRecovery,
    timerGrace,
    sweep: sweepOf(options, {
      ...common,
      leases,
      signal,
      sagaLog,
      scanProgress,
      unknownReferences,
      clock,
      capacity,
      sagaRecovery,
      timerGrace,
    }),
    retention: retentionOf(options, clock),
  })
}

/** Parts that exist before the outbox. */
interface Foundation {
  readonly incidents: Incidents
  readonly mailbox: Mailbox
  readonly leases: IdleLeases
  readonly signal: SweepSignal
  readonly ledger: Ledger
  readonly sagaLog: SagaLog | undefined
}

/** Parts by which commands leave and are settled. */
interface Outbox {
  readonly settlements: Settlements
  readonly relay: Relay
  readonly debtLeases: DebtLeases
  readonly sender: Sender
  readonly claims: Claims
}

function assembleOutbox(options: OrchestratorOptions, foundation: Foundation): Outbox {
  const { persistency, channels, runtime, metrics } = options
  const { incidents, mailbox, leases, signal, ledger, sagaLog } = foundation
  const settleAfter = runtime.mayVanish ? 0 : DEFAULTS.settle
  const atOnce = persistency.can.shared ? DEFAULTS.settleAtOnce : DEFAULTS.settleAtOnceHere
  const settlements = new Settlements({ ledger, mailbox, runtime, settleAfter, atOnce, sagaLog })
  const retryAt = options.retryAt ?? ((due) => signal.wakeAt(due))
  const verdict = new SendVerdict({
    ledger,
    mailbox,
    settlements,
    channels,
    runtime,
    metrics,
    retryAt,
    leases,
    incidents,
    sagaLog,
  })
  const relay = new Relay({
    channels,
    runtime,
    metrics,
    incidents,
    queue: { commands: DEFAULTS.queue, bytes: DEFAULTS.queueBytes },
    sendsAtOnce: DEFAULTS.sendsAtOnce,
    hasCircuits: persistency.can.recovery.by !== 'alarm',
    concluded: (outgoing, sent) => verdict.concluded(outgoing, sent),
    dropped: (outgoing) => forgetDropped({ leases, incidents }, outgoing),
    freed: (lane) => signal.freed(lane),
  })
  const { shared } = persistency.can
  const debtLeases = new DebtLeases({ relay, runtime, channels, shared, leases })
  const common = { relay, settlements, runtime, channels, incidents, debtLeases }
  const sender = new Sender({ ...common, shared, leases })
  const claims = new Claims({ ...common, ledger, sender, metrics })
  return { settlements, relay, debtLeases, sender, claims }
}

function timerGraceOf(
  { runtime, sources = [], timerGrace = DEFAULTS.timerGrace }: OrchestratorOptions,
  signal: SweepSignal,
) {
  return new TimerGrace({ sources, grace: timerGrace, runtime, onOver: (due) => signal.wakeAt(due) })
}

interface SweepParts extends Foundation, Outbox {
  readonly scanProgress: ScanProgress
  readonly unknownReferences: UnknownReferences
  readonly clock: ClockCheck
  readonly capacity: ChannelCapacity
  readonly sagaRecovery: SagaRecovery
  readonly timerGrace: TimerGrace
}

function sweepOf(options: OrchestratorOptions, parts: SweepParts): Sweep | undefined {
  const { persistency, runtime, metrics } = options
  const { debtLeases, leases, signal, clock, capacity, sagaRecovery, timerGrace, scanProgress } = parts
  const { unknownReferences, incidents } = parts
  const { recovery, shared } = persistency.can
  if (recovery.by !== 'sweep') return undefined
  const sweep = new Sweep({
    recovery,
    shared,
    debtLeases,
    sagaRecovery,
    leases,
    capacity,
    runtime,
    clock,
    scanProgress,
    unknownReferences: observers(unknownReferences, new DueTimers(runtime, metrics)),
    incidents,
    timerGrace,
  })
  signal.connect(sweep)
  return sweep
}

function retentionOf({ persistency, retention: keep, runtime }: OrchestratorOptions, clock: ClockCheck) {
  const { list, removal } = persistency.can
  return removal === false || keep === undefined ? undefined : new Retention({ removal, list, keep, runtime, clock })
}

/** A message beyond the limit of a saga or of its store could not be saved: it makes a dead letter instead (P5, P24). */
function commandHooksOf(options: OrchestratorOptions, incidents: Incidents) {
  const { machine, runtime, metrics } = options
  const watch = new HookWatch({ runtime, metrics, incidents })
  return new CommandHooks({ machine, runtime, metrics, limit: smallestLimitOf(options), watch })
}

/** Parked events take at most half of the limit, so that a step still fits beside them (P24). */
function parkingOf(options: OrchestratorOptions): ParkingLimits {
  const { limit, timeToLive } = options.parking ?? { limit: DEFAULTS.parkedEvents, timeToLive: DEFAULTS.parkedFor }
  const bytes = smallestLimitOf(options)
  return { limit, timeToLive, bytes: bytes === undefined ? undefined : Math.floor(bytes / 2) }
}

function smallestLimitOf({ persistency, maxSagaSize }: OrchestratorOptions): number | undefined {
  const { limit: own } = persistency.can
  const limits = [maxSagaSize, own].filter((limit) => typeof limit === 'number')
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/** `undefined` where the store's own limit is the smaller one: then the store answers `too-large`. */
function sizeLimitOf({ persistency, maxSagaSize }: OrchestratorOptions): SizeLimit | undefined {
  const { limit } = persistency.can
  if (maxSagaSize === undefined || (limit !== false && limit <= maxSagaSize)) return undefined
  return new SizeLimit(maxSagaSize)
}
