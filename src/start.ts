import type { Hono } from 'hono'
import { invalidConfiguration, requireValid, withPositions } from './configuration-errors.ts'
import type { Environment } from './config/environment.ts'
import type { Duration } from './engine/saga.ts'
import { refuseLostStore } from './lost-store.ts'
import { attachChannels, attachPersistency, attachSources } from './orchestrator/attach.ts'
import type { Channels } from './orchestrator/attach.ts'
import { atMost } from './orchestrator/deadline.ts'
import type { Orchestrator } from './orchestrator/orchestrator.ts'
import { ServiceControl } from './orchestrator/operators/service-control.ts'
import { SourceIntake } from './orchestrator/events/source-intake.ts'
import { probeInTime } from './orchestrator/timed-reads.ts'
import { reportUnreadableOnce } from './orchestrator/observability/unreadable-sagas.ts'
import type { Health } from './ports/health.ts'
import type { Persistency } from './ports/persistency.ts'
import type { Runtime } from './ports/runtime.ts'
import type { Source } from './ports/source.ts'
import {
  compileMachine,
  composeApp,
  composeOrchestrator,
  createHeaders,
  createNumbers,
  prepareHost,
} from './service.ts'
import type { Host, PreparedHost } from './service.ts'

/** A running service. The host serves `app` and then calls `run`. */
export interface Service {
  readonly app: Hono
  readonly environment: Environment
  readonly runtime: Runtime
  /**
   * Starts the sources. Call it once the host listens. Resolves when all sources were closed; rejects where a source must not
   * go on: then the process has to end with that error.
   */
  readonly run: () => Promise<void>
  /**
   * The first part of a stop: the probes answer KO from now on, and the sources leave. Requests are served as before, so that
   * load balancers have time to find other instances (C7).
   */
  readonly leave: () => void
  /**
   * Ends requests (`requests` resolves when the host has none left), sources and sends, then closes the store. Takes at most
   * `within` ms; commands not sent by then stay in the outbox.
   */
  readonly stop: (within: Duration, requests?: Promise<void>) => Promise<void>
}

/** A whole service in one process: channels, store, orchestrator, sources and the HTTP app. Throws where it cannot start. */
export async function startService(host: Host): Promise<Service> {
  const prepared = await prepareHost(host)
  const adapters = await openAdapters(prepared)
  const { channels, sources, persistency } = adapters
  await refuseLostStore(prepared, persistency, sources)
  const { environment, runtime } = prepared
  const machine = compileMachine(prepared, channels)
  const orchestrator = composeOrchestrator(prepared, persistency, { channels, machine, sources })
  const control = new ServiceControl({
    persistency,
    operator: orchestrator,
    channels: orchestrator,
    runtime,
    metrics: host.metrics,
  })
  await control.begin()
  orchestrator.start()
  control.start()
  host.rouse?.(async () => void (await Promise.all([orchestrator.look(), control.look()])))
  const probes = probesOf(runtime, adapters)
  const leaving = new Leaving(sources, orchestrator)
  const app = composeApp(prepared, {
    corridor: orchestrator,
    store: persistency.name,
    judgesWaits: persistency.can.recovery.by !== 'redelivery',
    bulk: control.bulk,
    channels: control.channels,
    ready: () => readiness(probes, orchestrator),
    alive: () => firstFailure(sources.map((source) => source.alive())),
    isLeaving: () => leaving.hasBegun,
  })
  const intake = new SourceIntake({ corridor: orchestrator, persistency, runtime, numbers: createNumbers(prepared) })
  return {
    app,
    environment,
    runtime,
    async run() {
      await Promise.all(sources.map((source) => source.run(intake, !persistency.can.shared)))
    },
    leave: () => void leaving.begin(),
    stop: (within, requests) => stopService({ ...adapters, runtime, orchestrator, control, requests, leaving }, within),
  }
}

/** The adapters that saga.json names, opened. */
interface OpenAdapters {
  readonly channels: Channels
  readonly sources: readonly Source[]
  readonly persistency: Persistency
}

/** Throws `configuration-invalid` with every problem of channels and store at once. */
async function openAdapters(prepared: PreparedHost): Promise<OpenAdapters> {
  const { host, environment, configuration, runtime } = prepared
  const { metrics } = host
  const channels = withPositions(attachChannels(configuration.channels, host.channels, runtime), configuration)
  const { persistency, machine } = configuration
  const passOver = reportUnreadableOnce(runtime.log, metrics)
  const place = { runtime, dataPath: environment.dataPath, passOver, machine }
  const store = withPositions(
    attachPersistency(persistency, { makers: host.persistencies, embedded: host.embedded }, place),
    configuration,
  )
  if (!channels.ok && !store.ok) throw invalidConfiguration([...channels.problems, ...store.problems])
  const [openChannels, openStore] = [requireValid(channels), requireValid(store)]
  return {
    channels: await openChannels(),
    sources: await attachSources(configuration.channels, host.sources ?? {}, {
      runtime,
      metrics,
      headers: createHeaders(prepared),
    }),
    persistency: await openStore(),
  }
}

type Probe = () => Promise<Health>

/** The probes of readiness, the store's first. */
function probesOf(runtime: Runtime, { channels, sources, persistency }: OpenAdapters): readonly Probe[] {
  const inTime = (name: string, adapter: { probe(): Promise<Health> }) => () =>
    probeInTime(runtime, name, adapter.probe())
  return [
    inTime(`the store "${persistency.name}"`, persistency),
    ...[...channels.values(), ...sources].map((one) => inTime(`channel "${one.id}"`, one)),
  ]
}

/** Where the store's probe does not write all that a creation writes, the results of the last creations count too. */
async function readiness(probes: readonly Probe[], orchestrator: Orchestrator): Promise<Health> {
  const healths = await Promise.all(probes.map((probe) => probe()))
  const [store] = healths
  const hasWritten = store?.ok === true && store.hasWritten === true
  return firstFailure(hasWritten ? healths : [...healths, orchestrator.creates()])
}

function firstFailure(healths: readonly Health[]): Health {
  return healths.find(({ ok }) => !ok) ?? { ok: true }
}

/** The end of a service's membership: of its consumer groups, and among the instances that get requests. */
class Leaving {
  readonly #sources: readonly Source[]
  readonly #orchestrator: Orchestrator
  #closed: Promise<unknown> | undefined

  constructor(sources: readonly Source[], orchestrator: Orchestrator) {
    this.#sources = sources
    this.#orchestrator = orchestrator
  }

  get hasBegun(): boolean {
    return this.#closed !== undefined
  }

  /** Resolves when every source was closed. A second call waits for the same. */
  begin(): Promise<unknown> {
    this.#orchestrator.leave()
    return (this.#closed ??= Promise.allSettled(this.#sources.map((source) => source.close())))
  }
}

/** Share of the remaining time that one stage of stopping may take, so that the later stages get some. */
const STAGE_SHARE = 0.9

interface RunningParts extends OpenAdapters {
  readonly runtime: Runtime
  readonly orchestrator: Orchestrator
  readonly control: ServiceControl
  /** Resolves when the host's requests have ended. */
  readonly requests: Promise<void> | undefined
  readonly leaving: Leaving
}

/**
 * Stops in stages: requests and sources, then sends and settlements, then connections; each is left where it hangs. Sources do
 * not wait for requests: until it leaves, a member of a consumer group holds its partitions for a whole session.
 */
async function stopService(parts: RunningParts, within: Duration): Promise<void> {
  const { runtime, orchestrator, control, channels, persistency, requests, leaving } = parts
  const began = runtime.monotonic()
  const deadline = began + within
  const left = () => Math.max(0, deadline - runtime.monotonic())
  const share = () => left() * STAGE_SHARE
  orchestrator.endWatches()
  await atMost(runtime, share(), Promise.allSettled([requests, leaving.begin()]))
  await control.stop(share() / 2)
  await orchestrator.stop(share())
  await atMost(runtime, share(), Promise.allSettled([...channels.values()].map((channel) => channel.close())))
  await atMost(runtime, left(), persistency.close())
  runtime.log.write('service.stopped', { milliseconds: Math.round(runtime.monotonic() - began) })
}
