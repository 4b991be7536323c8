import { waitUntil } from 'cloudflare:workers'
import type { Instant } from '../../src/engine/saga.ts'
import { ScanProgress } from '../../src/orchestrator/scan-progress.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { composeOrchestrator } from '../../src/service.ts'
import type { BoundService } from './bound-service.ts'
import type { OpenStore } from './prepare-edge.ts'
import { storeReads } from './store-reads.ts'

/** The platform lets work go on for half a minute after an answer. */
const TIME_AFTER_ANSWER = 20_000
/** Between looks that ride on requests, of one isolate; objects have alarms, so that little is left for it to find. */
const SWEEP_INTERVALS = { withObjects: 60_000, without: 10_000 }

/**
 * The corridor in the isolate, on the store's compare-and-set alone (P19). Nothing of one request may wait here for what
 * another has begun, so each has an orchestrator of its own: for the others it is one more writer.
 */
export function isolateCorridor(here: BoundService, open: OpenStore): Corridor {
  const one = () => orchestrator(here, open)
  return {
    create: async (order) => (await one()).create(order),
    handle: async (event) => (await one()).handle(event),
    ...storeReads(open, here.runtime),
  }
}

/** What is due in the store, whoever left it: one look, with everything that it sends. For `scheduled`. */
export async function sweepOnce(here: BoundService, open: OpenStore): Promise<void> {
  await (await orchestrator(here, open)).look()
}

/**
 * No timer outlives a request here, so what is due is looked for beside requests now and then, probes included: that is
 * sooner than the next cron trigger.
 */
export function sweepOnRequests(here: BoundService, open: OpenStore): () => void {
  const interval = here.sagas === undefined ? SWEEP_INTERVALS.without : SWEEP_INTERVALS.withObjects
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = here.runtime.monotonic()
    if (now - last < interval) return
    last = now
    waitUntil(sweepOnce(here, open))
  }
}

/** Where the looks of this isolate stand: each has an orchestrator of its own, and few pages. */
const progresses = new WeakMap<BoundService, ScanProgress>()

function progressOf(here: BoundService): ScanProgress {
  const progress = progresses.get(here) ?? new ScanProgress(here.runtime.wallClock())
  progresses.set(here, progress)
  return progress
}

async function orchestrator(here: BoundService, open: OpenStore): Promise<Orchestrator> {
  const runtime: Runtime = { ...here.runtime, waitUntil }
  const { channels, machine, incidents } = here
  const began = runtime.monotonic()
  /** Once more as soon as it is due, while the request still lives; from then on it is for whoever looks. */
  const retryAt = (due: Instant, id: string): void => {
    const wait = Math.max(0, due - runtime.wallClock())
    if (runtime.monotonic() - began + wait > TIME_AFTER_ANSWER) return
    const waking = new Promise<void>((resolve) => runtime.after(wait, resolve)).then(() => own.wake(id))
    waitUntil(waking.catch(() => undefined)) // it is owed still
  }
  const own: Orchestrator = composeOrchestrator({ ...here, runtime }, await open(), {
    channels,
    machine,
    retryAt,
    incidents,
    scanProgress: progressOf(here),
  })
  return own
}
