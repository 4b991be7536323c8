import type { SagaId } from '../../../../src/engine/saga.ts'
import type { ServiceControl } from '../../../../src/orchestrator/operators/service-control.ts'
import type { Orchestrator } from '../../../../src/orchestrator/orchestrator.ts'
import type { Source } from '../../../../src/ports/source.ts'
import type { ProcessHost } from './process-host.ts'

/** A process that runs. */
export interface ServiceProcess {
  readonly host: ProcessHost
  readonly orchestrator: Orchestrator
  /** Carries out bulk operations; absent in runs without them. */
  readonly control?: ServiceControl | undefined
  /** Absent where all events come over HTTP. */
  readonly source?: Pick<Source, 'run' | 'close'> | undefined
}

/** The processes of a service, as a load balancer sees them. */
export interface SimulatedService {
  start(): void
  /** Faults are over: all clocks are right, and all processes run. */
  calm(): void
  /** A new version is deployed: every process ends in its time and starts again. */
  rollOut(): void
  /** All processes that run now. */
  running(): readonly ServiceProcess[]
  /** Processes that take a request for this saga now. */
  openFor(saga: SagaId): readonly ServiceProcess[]
}
