import { waitUntil } from 'cloudflare:workers'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import { ServiceControl } from '../../src/orchestrator/operators/service-control.ts'
import type { BoundService } from './bound-service.ts'
import { edgePauses } from './edge-pauses.ts'

/** Milliseconds between two looks for open operations by one isolate. */
const LOOK = 5_000

/** Bulk operations and pauses in one isolate. Operations go on with its requests and cron triggers. */
export class EdgeControl {
  readonly #service: BoundService
  readonly #control: ServiceControl
  #looked = Number.NEGATIVE_INFINITY

  constructor(service: BoundService, control: ServiceControl) {
    this.#service = service
    this.#control = control
  }

  static async open(service: BoundService, corridor: Corridor): Promise<EdgeControl> {
    const runtime = { ...service.runtime, waitUntil }
    const { metrics } = service.host
    const shared = await edgePauses(service)
    const persistency = service.openStore && (await service.openStore())
    return new EdgeControl(service, new ServiceControl({ persistency, operator: corridor, shared, runtime, metrics }))
  }

  get routes(): Pick<ServiceControl, 'bulk' | 'channels'> {
    return this.#control
  }

  /** Called with every request: no timer outlives one. */
  lookOnRequests(): void {
    const now = this.#service.runtime.monotonic()
    if (now - this.#looked < LOOK) return
    this.#looked = now
    waitUntil(this.look())
  }

  look(): Promise<void> {
    return this.#control.look()
  }
}
