import { waitUntil } from 'cloudflare:workers'
import type { PausableChannels } from '../../src/orchestrator/channel-pauses.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { ChannelState } from '../../src/orchestrator/relay.ts'
import { ServiceControl } from '../../src/orchestrator/service-control.ts'
import type { BoundService } from './bound-service.ts'
import type { OpenStore } from './prepare-edge.ts'

/** Milliseconds between two looks at the records of a shared store by one isolate. */
const LOOK = 5_000

/** Pauses as one isolate knows them: each of its requests has an orchestrator of its own, which gets them when it begins. */
class IsolateChannels implements PausableChannels {
  readonly #ids: readonly string[]
  readonly #paused = new Set<string>()

  constructor(ids: Iterable<string>) {
    this.#ids = [...ids]
  }

  /** The queues are those of requests, which end with them. */
  channels(): readonly ChannelState[] {
    return this.#ids.map((channel) => ({ channel, isPaused: this.#paused.has(channel), ...NO_QUEUE }))
  }

  pause(channel: string): boolean {
    this.#paused.add(channel)
    return true
  }

  resume(channel: string): boolean {
    this.#paused.delete(channel)
    return true
  }
}

const NO_QUEUE = { circuit: 'closed', waiting: 0, bytes: 0, underWay: 0 } as const

const channelsOf = new WeakMap<BoundService, IsolateChannels>()

function channelsIn(service: BoundService): IsolateChannels {
  const known = channelsOf.get(service) ?? new IsolateChannels(service.channels.keys())
  channelsOf.set(service, known)
  return known
}

/** Pauses the channels of an orchestrator that this isolate knows as paused. */
export function applyPauses(service: BoundService, orchestrator: Orchestrator): void {
  for (const { channel, isPaused } of channelsIn(service).channels()) if (isPaused) orchestrator.pause(channel)
}

/** Bulk operations and pauses of a shared store in one isolate. They go on with its requests and cron triggers. */
export class EdgeControl {
  readonly #service: BoundService
  readonly #control: ServiceControl
  #looked = Number.NEGATIVE_INFINITY

  constructor(service: BoundService, control: ServiceControl) {
    this.#service = service
    this.#control = control
  }

  static async open(service: BoundService, open: OpenStore, corridor: Corridor): Promise<EdgeControl> {
    const runtime = { ...service.runtime, waitUntil }
    const channels = channelsIn(service)
    const { metrics } = service.host
    const control = new ServiceControl({ persistency: await open(), operator: corridor, channels, runtime, metrics })
    return new EdgeControl(service, control)
  }

  /** Channels are absent with objects: each object sends on its own. */
  get routes(): Partial<Pick<ServiceControl, 'bulk' | 'channels'>> {
    const { bulk, channels } = this.#control
    return this.#service.sagas === undefined ? { bulk, channels } : { bulk }
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
