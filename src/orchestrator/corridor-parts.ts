import type { ParkingBounds } from '../engine/saga.ts'
import type { Machine } from '../machine/compile.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { CommandHooks } from './hooks/command-hooks.ts'
import type { Ledger } from './events/ledger.ts'
import type { Incidents } from './incidents.ts'
import type { Redelivery } from './recovery/redelivery.ts'
import type { SagaLog } from './observability/saga-log.ts'
import type { DebtLeases } from './sending/debt-leases.ts'
import type { Sender } from './sending/sender.ts'
import type { Settlements } from './sending/settlements.ts'
import type { StepFeed } from './events/step-feed.ts'

/** Bounds of the parked events of one saga (P10, P24). */
export interface ParkingLimits extends ParkingBounds {
  /** Of all of them together as JSON; absent where neither the store nor the configuration limits a saga. */
  readonly bytes?: number | undefined
}

/** Everything that creating or moving a saga uses. */
export interface CorridorParts {
  readonly machine: Machine
  readonly persistency: Persistency
  readonly ledger: Ledger
  readonly settlements: Settlements
  readonly sender: Sender
  readonly debtLeases: DebtLeases
  readonly feed: StepFeed
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly incidents: Incidents
  readonly hooks: CommandHooks
  readonly parking: ParkingLimits
  /** Present where the level `debug` is written. */
  readonly sagaLog?: SagaLog | undefined
  /** Present where recovery is by redelivery (P17). */
  readonly redelivery?: Redelivery | undefined
}
