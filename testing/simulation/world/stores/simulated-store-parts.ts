import type { Persistency } from '../../../../src/ports/persistency.ts'
import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'
import type { DurableRecords } from './durable-records.ts'
import type { DurableSagas } from './durable-sagas.ts'
import type { StoreSite } from './store-line.ts'

/** A store as a process has opened it. */
export interface StoreOfProcess {
  readonly store: Persistency
  /** The same with lists and records, for bulk operations; absent in runs without them. */
  readonly forBulk?: Persistency | undefined
}

/** The content of a store, and the process that uses it. */
export interface SimulatedStoreParts {
  readonly world: SimulatedWorld
  readonly host: SimulatedHost
  readonly sagas: DurableSagas
  /** Absent where the run has no bulk operations. */
  readonly records?: DurableRecords | undefined
  /** Final sagas are removed after their time. */
  readonly removes?: boolean | undefined
  readonly site: StoreSite
}
