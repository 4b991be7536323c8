import type { Machine } from '../machine/compile.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { CommandHooks } from './command-hooks.ts'
import type { Ledger } from './ledger.ts'
import type { Incidents } from './incidents.ts'
import type { Redelivery } from './redelivery.ts'
import type { SagaLog } from './saga-log.ts'
import type { Sender } from './sender.ts'
import type { Settlements } from './settlements.ts'
import type { StepFeed } from './step-feed.ts'

/** Everything that creating or moving a saga uses. */
export interface CorridorParts {
  readonly machine: Machine
  readonly persistency: Persistency
  readonly ledger: Ledger
  readonly settlements: Settlements
  readonly sender: Sender
  readonly feed: StepFeed
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly incidents: Incidents
  readonly hooks: CommandHooks
  /** Present where the level `debug` is written. */
  readonly sagaLog?: SagaLog | undefined
  /** Present where recovery is by redelivery (P17). */
  readonly redelivery?: Redelivery | undefined
}
