import { waitUntil } from 'cloudflare:workers'
import { DEFAULTS } from '../../src/defaults.ts'
import type { Instant } from '../../src/engine/saga.ts'
import { ScanProgress } from '../../src/orchestrator/recovery/scan-progress.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { composeOrchestrator } from '../../src/service.ts'
import type { BoundService } from './bound-service.ts'
import { applyPauses, edgePauses } from './edge-pauses.ts'
import type { OpenStore } from './prepare-edge.ts'
import { storeReads } from './store-reads.ts'

const NO_FEED =
  'each request of this Worker has a corridor of its own, so no place sees the steps of the others. Watch one saga by GET /sagas/{sagaId}/watch, and read GET /sagas for the list'
const NONE: ReadonlySet<string> = new Set()
/** Milliseconds of work after an answer; the platform allows 30 s. */
const TIME_AFTER_ANSWER = 20_000
/** Milliseconds between two sweeps of one isolate. With objects they are rare: the objects' alarms leave little to sweep. */
const SWEEP_INTERVALS = { withObjects: 60_000, without: 10_000 }

/**
 * The corridor without objects, on the store's compare-and-set alone (P19). workerd forbids a request to wait for the I/O of
 * another, so every request has an orchestrator of its own, one more writer among others.
 */
export function isolateCorridor(service: BoundService, open: OpenStore): Corridor {
  const perRequest = () => openOrchestrator(service, open)
  return {
    create: async (request) => (await perRequest()).create(request),
    handle: async (event) => (await perRequest()).handle(event),
    awaitEnd: async (request, gone) => (await perRequest()).awaitEnd(request, gone),
    operate: async (operation) => (await perRequest()).operate(operation),
    watch: async (request, gone) => (await perRequest()).watch(request, gone),
    watchAll: async () => ({ kind: 'not-here', why: NO_FEED }),
    ...storeReads(open, service.runtime),
  }
}

/** Sweeps the store once and sends what is due, for commands of other workers too. */
export async function sweepOnce(service: BoundService, open: OpenStore): Promise<void> {
  const orchestrator = await openOrchestrator(service, open)
  await orchestrator.look()
}

/**
 * A function for every request, probes included, that starts a sweep when the interval is over. No timer outlives a request, and
 * the next cron trigger may be minutes away.
 */
export function sweepOnRequests(service: BoundService, open: OpenStore): () => void {
  const interval = service.sagas === undefined ? SWEEP_INTERVALS.without : SWEEP_INTERVALS.withObjects
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = service.runtime.monotonic()
    if (now - last < interval) return
    last = now
    waitUntil(sweepOnce(service, open))
  }
}

/** The progress of sweeps is the isolate's, since every sweep has an orchestrator of its own and reads few pages. */
const progresses = new WeakMap<BoundService, ScanProgress>()

function progressOf(service: BoundService): ScanProgress {
  const progress = progresses.get(service) ?? new ScanProgress(service.runtime.wallClock())
  progresses.set(service, progress)
  return progress
}

async function openOrchestrator(service: BoundService, open: OpenStore): Promise<Orchestrator> {
  const runtime: Runtime = { ...service.runtime, waitUntil }
  const { channels, machine, incidents } = service
  const began = runtime.monotonic()
  /** Sends again when it is due, while this request may still work; after that a sweep does. */
  const retryAt = (due: Instant, id: string): void => {
    const wait = Math.max(0, due - runtime.wallClock())
    if (runtime.monotonic() - began + wait > TIME_AFTER_ANSWER) return
    const waking = new Promise<void>((resolve) => runtime.after(wait, resolve)).then(
      async () => void (await orchestrator.wake(id)),
    )
    waitUntil(waking.catch(() => undefined)) // the command stays in the outbox
  }
  const orchestrator: Orchestrator = composeOrchestrator({ ...service, runtime }, await open(), {
    channels,
    machine,
    retryAt,
    incidents,
    scanProgress: progressOf(service),
    watchLife: DEFAULTS.watchLifeBrief,
  })
  applyPauses(orchestrator, await (await edgePauses(service)).known(), NONE)
  return orchestrator
}
