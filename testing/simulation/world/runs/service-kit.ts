import type { Duration } from '../../../../src/engine/saga.ts'
import { SourceIntake } from '../../../../src/orchestrator/events/source-intake.ts'
import { assemble } from '../../../../src/orchestrator/assemble.ts'
import { ServiceControl } from '../../../../src/orchestrator/operators/service-control.ts'
import type { Orchestrator } from '../../../../src/orchestrator/orchestrator.ts'
import type { Channel } from '../../../../src/ports/channel.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import type { Runtime } from '../../../../src/ports/runtime.ts'
import type { Source } from '../../../../src/ports/source.ts'
import { unionOf } from '../machines/deployed-machine.ts'
import type { MachineVersion } from '../machines/deployed-machine.ts'
import { channelsOf, machineOf, SEND_TIMEOUT } from '../machines/simulated-machine.ts'
import { SimulatedChannel } from '../network/simulated-channel.ts'
import type { Receiver } from '../network/simulated-channel.ts'
import type { SimulatedBroker } from '../network/simulated-broker.ts'
import { SimulatedSource } from '../network/simulated-source.ts'
import { Fleet } from '../processes/fleet.ts'
import type { FleetProcess } from '../processes/fleet.ts'
import { ObjectFleet } from '../processes/object-fleet.ts'
import type { LoggedLine, ProcessHost } from '../processes/process-host.ts'
import type { SimulatedService } from '../processes/service.ts'
import { SILENT_METRICS } from '../processes/silent-metrics.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import type { DurableRecords } from '../stores/durable-records.ts'
import type { DurableSagas } from '../stores/durable-sagas.ts'
import { objectStore } from '../stores/object-store.ts'
import { STORES } from '../stores/store-kinds.ts'
import type { StoreSite } from '../stores/store-line.ts'
import type { Plan } from './plan.ts'

/** The parts of a service that all of its processes share. */
export interface ServiceKit {
  readonly world: SimulatedWorld
  readonly plan: Plan
  readonly sagas: DurableSagas
  /** Absent where the run has no bulk operations. */
  readonly records: DurableRecords | undefined
  readonly site: StoreSite
  /** The version that a process gets which starts now. */
  readonly version: () => MachineVersion
  readonly receiver: Receiver
  /** Absent where all events come over HTTP. */
  readonly broker: SimulatedBroker | undefined
  /** A number of its own for each request of the run. */
  readonly number: () => number
  readonly logged?: ((line: LoggedLine) => void) | undefined
}

/** Bounds of parked events: small ones, so that they are met. */
export const PARKING = { limit: 2, timeToLive: 60_000 } as const

/** The processes of a run, each with the real corridor over simulated ports. */
export function serviceOf(kit: ServiceKit): SimulatedService {
  const { world, plan, sagas, records, site, logged } = kit
  const { open } = STORES[plan.store]
  const removes = plan.retention !== undefined
  const channels = channelMaker(kit)
  if (open !== undefined) {
    const start = (host: ProcessHost) =>
      started(kit, host, { ...open({ world, host, sagas, records, site, removes }), channels })
    return new Fleet(world, { size: plan.processes, mayVanish: false, assemble: start, logged })
  }
  return new ObjectFleet(world, {
    assemble: (host, saga, alarm) => {
      const store = objectStore({ world, host, sagas, site }, saga, alarm)
      return { store, orchestrator: assembled(kit, host, { store, channels }) }
    },
    logged,
  })
}

/** Longest wait of timers for the sources (P18): a short one, so that it ends within a run. */
const TIMER_GRACE: Duration = 20_000

const TAKES_ALL = { refusal: () => undefined } as const

interface ProcessPorts {
  readonly sources?: readonly Source[] | undefined
  readonly store: Persistency
  /** Absent in a run without bulk operations. */
  readonly forBulk?: Persistency | undefined
  readonly channels: (host: ProcessHost) => ReadonlyMap<string, Channel>
}

/** A process with its source, as `src/start.ts` composes it. */
function started(kit: ServiceKit, host: ProcessHost, ports: ProcessPorts): FleetProcess {
  const { world, plan, broker, number } = kit
  const { store: persistency, forBulk } = ports
  const { hasDeadLetters } = plan
  const source = broker && new SimulatedSource(world, { host, broker, hasDeadLetters, number })
  const orchestrator = assembled(kit, host, { ...ports, sources: source && [source] })
  const { runtime } = host
  const intake = new SourceIntake({ corridor: orchestrator, persistency, runtime, numbers: TAKES_ALL })
  const control = forBulk && controlOf(forBulk, orchestrator, runtime)
  const start = () => {
    orchestrator.start()
    control?.start()
    void source?.run(intake)
  }
  const begin = () => (control === undefined ? start() : void control.begin().then(start))
  return { host, orchestrator, control, source, begin }
}

function controlOf(persistency: Persistency, operator: Orchestrator, runtime: Runtime): ServiceControl {
  return new ServiceControl({ persistency, operator, runtime, metrics: SILENT_METRICS })
}

function assembled(
  { plan, version }: ServiceKit,
  host: ProcessHost,
  { store: persistency, channels, sources }: ProcessPorts,
): Orchestrator {
  return assemble({
    sources,
    timerGrace: TIMER_GRACE,
    machine: machineOf(version()),
    persistency,
    channels: channels(host),
    runtime: host.runtime,
    metrics: SILENT_METRICS,
    unexpectedEvents: plan.unexpectedEvents,
    parking: PARKING,
    retention: plan.retention,
  })
}

/** Channels of one process; all of them number their sends together. */
function channelMaker({ world, plan, receiver }: ServiceKit): ProcessPorts['channels'] {
  let count = 0
  const sends = { next: () => count++ }
  const ids = channelsOf(unionOf(plan.versions))
  return (host) =>
    new Map(
      ids.map((id) => {
        const [retry, limits] = [plan.retries.get(id), plan.limits.get(id)]
        const options = { id, timeout: SEND_TIMEOUT, retry, limits, host, receiver, sends }
        return [id, new SimulatedChannel(world, options)]
      }),
    )
}
