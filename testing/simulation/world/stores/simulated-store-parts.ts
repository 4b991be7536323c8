import type { SimulatedHost, SimulatedWorld } from '../simulated-world.ts'
import type { DurableSagas } from './durable-sagas.ts'
import type { StoreSite } from './store-line.ts'

/** The content of a store, and the process that uses it. */
export interface SimulatedStoreParts {
  readonly world: SimulatedWorld
  readonly host: SimulatedHost
  readonly sagas: DurableSagas
  readonly site: StoreSite
}
