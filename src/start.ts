import type { Hono } from 'hono'
import { invalidConfiguration, requireValid, withPositions } from './configuration-errors.ts'
import type { Environment } from './config/environment.ts'
import type { Duration } from './engine/saga.ts'
import { refuseLostStore } from './lost-store.ts'
import { attachChannels, attachPersistency, attachSources } from './orchestrator/attach.ts'
import type { Channels } from './orchestrator/attach.ts'
import { SourceIntake } from './orchestrator/source-intake.ts'
import type { Orchestrator } from './orchestrator/orchestrator.ts'
import { reportUnreadableOnce } from './orchestrator/unreadable-sagas.ts'
import { atMost } from './orchestrator/deadline.ts'
import { probeInTime } from './orchestrator/timed-reads.ts'
import type { Health } from './ports/health.ts'
import type { Persistency } from './ports/persistency.ts'
import type { Runtime } from './ports/runtime.ts'
import type { Source } from './ports/source.ts'
import { compileMachine, composeApp, composeOrchestrator, createNumbers, prepareHost } from './service.ts'
import type { Host, PreparedHost } from './service.ts'

export interface Service {
  readonly app: Hono
  readonly environment: Environment
  readonly runtime: Runtime
  /**
   * Lets the sources take events, once the door is open. Resolves when all were closed; rejects where one must not go on:
   * then the process is to end, and say why.
   */
  readonly run: () => Promise<void>
  /**
   * Ends what is under way, the door's requests too, then closes the store. What does not end within so many ms stays owed in
   * it.
   */
  readonly stop: (within: Duration, requests?: Promise<void>) => Promise<void>
}

/** A whole service in one process: channels, store, orchestrator, sources, door. */
export async function startService(host: Host): Promise<Service> {
  const prepared = await prepareHost(host)
  const parts = await openParts(prepared)
  const { channels, sources, persistency } = parts
  await refuseLostStore(prepared, persistency, sources)
  const { environment, runtime } = prepared
  const orchestrator = composeOrchestrator(prepared, persistency, {
    channels,
    machine: compileMachine(prepared, channels),
  })
  orchestrator.start()
  host.rouse?.(() => orchestrator.look())
  const inTime = (what: string, one: { probe(): Promise<Health> }) => () => probeInTime(runtime, what, one.probe())
  const reached = [
    inTime(`the store "${persistency.name}"`, persistency),
    ...[...channels.values(), ...sources].map((one) => inTime(`channel "${one.id}"`, one)),
  ]
  const app = composeApp(prepared, orchestrator, persistency.name, {
    ready: () => ready(reached, orchestrator),
    alive: () => firstFailure(sources.map((source) => source.alive())),
  })
  const intake = new SourceIntake({ corridor: orchestrator, persistency, runtime, numbers: createNumbers(prepared) })
  return {
    app,
    environment,
    runtime,
    async run() {
      await Promise.all(sources.map((source) => source.run(intake, !persistency.can.shared)))
    },
    stop: (within, requests) => stop(runtime, orchestrator, parts, within, requests),
  }
}

interface OpenParts {
  readonly channels: Channels
  readonly sources: readonly Source[]
  readonly persistency: Persistency
}

/** What the configuration names, opened; or every problem with what it names. */
async function openParts({ host, environment, configuration, runtime }: PreparedHost): Promise<OpenParts> {
  const { metrics } = host
  const channels = withPositions(attachChannels(configuration.channels, host.channels, runtime), configuration)
  const place = { runtime, dataPath: environment.dataPath, passOver: reportUnreadableOnce(runtime.log, metrics) }
  const { persistency } = configuration
  const store = withPositions(attachPersistency(persistency, host.persistencies, host.embedded, place), configuration)
  if (!channels.ok && !store.ok) throw invalidConfiguration([...channels.problems, ...store.problems])
  const [openChannels, openStore] = [requireValid(channels), requireValid(store)]
  return {
    channels: await openChannels(),
    sources: await attachSources(configuration.channels, host.sources ?? {}, { runtime, metrics }),
    persistency: await openStore(),
  }
}

/** Share of the time left that a stage of stopping may take: something remains for those after it. */
const STAGE_SHARE = 0.9

/**
 * Requests and events first, then sends and settlements, then the connections; all of it in time, whoever hangs. Events do not
 * wait for requests: others of the group would have to wait with them, and for a whole session where a request never ends.
 */
async function stop(
  runtime: Runtime,
  orchestrator: Orchestrator,
  { channels, sources, persistency }: OpenParts,
  within: Duration,
  requests: Promise<void> | undefined,
): Promise<void> {
  const deadline = runtime.monotonic() + within
  const left = () => Math.max(0, deadline - runtime.monotonic())
  const share = () => left() * STAGE_SHARE
  await atMost(runtime, share(), Promise.allSettled([requests, ...sources.map((source) => source.close())]))
  await orchestrator.stop(share())
  await atMost(runtime, share(), Promise.allSettled([...channels.values()].map((channel) => channel.close())))
  await atMost(runtime, left(), persistency.close())
}

/** The store is the first; where its probe cannot write what a creation writes, the last creations tell. */
async function ready(reached: readonly (() => Promise<Health>)[], orchestrator: Orchestrator): Promise<Health> {
  const healths = await Promise.all(reached.map((probe) => probe()))
  const [store] = healths
  const isSure = store?.ok === true && store.hasWritten === true
  return firstFailure(isSure ? healths : [...healths, orchestrator.creates()])
}

function firstFailure(healths: readonly Health[]): Health {
  return healths.find(({ ok }) => !ok) ?? { ok: true }
}
