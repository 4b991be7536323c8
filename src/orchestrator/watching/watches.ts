import type { Duration } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Ledger } from '../events/ledger.ts'
import type { StepFeed } from '../events/step-feed.ts'
import { SagaWatches } from './saga-watches.ts'
import { ServiceWatch } from './service-watch.ts'
import { WatchPlaces } from './watch-places.ts'
import type { Watched, WatchedAll, WatchAllRequest, WatchRequest } from './watched.ts'

/** The parts of `Watches`. */
export interface WatchesOptions {
  readonly feed: StepFeed
  readonly ledger: Pick<Ledger, 'recall' | 'read'>
  readonly persistency: Persistency
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** Life of a stream. Default: until its client or the service ends. */
  readonly life?: Duration | undefined
}

/** All streams of an orchestrator. */
export class Watches {
  readonly #places: WatchPlaces
  readonly #sagas: SagaWatches
  readonly #service: ServiceWatch

  constructor(options: WatchesOptions) {
    const { persistency } = options
    this.#places = new WatchPlaces(options)
    const parts = { ...options, places: this.#places }
    this.#sagas = new SagaWatches(parts)
    this.#service = new ServiceWatch({ ...parts, shared: persistency.can.shared })
  }

  one(request: WatchRequest, gone?: AbortSignal): Promise<Watched> {
    return this.#sagas.open(request, gone)
  }

  all(request: WatchAllRequest, gone?: AbortSignal): WatchedAll {
    return this.#service.open(request, gone)
  }

  /** Ends every stream, and each later one at once. */
  close(): void {
    this.#places.close()
    this.#service.close()
  }
}
