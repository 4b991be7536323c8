import type { Instant } from '../../../../src/engine/saga.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import type { SagaRecovery } from '../../../../src/orchestrator/recovery/saga-recovery.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import { Sweep } from '../../../../src/orchestrator/recovery/sweep.ts'
import type { SweepOptions } from '../../../../src/orchestrator/recovery/sweep.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import type { Lane } from '../../../../src/orchestrator/sending/lane.ts'
import type { DuePlace, Loaded } from '../../../../src/ports/persistency.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

interface Given {
  readonly shared?: boolean
  readonly hungry?: readonly Lane[]
  /** Lanes with capacity; default: the hungry ones. */
  readonly room?: readonly Lane[]
}

/** A sweep over a store whose pages are `store.page`; each look at it is written down. */
export function world({ shared = false, hungry = [], room = hungry }: Given = {}) {
  const runtime = simulatedRuntime()
  const scanProgress = new ScanProgress(runtime.wallClock())
  const leases = new IdleLeases(10)
  const store: { page: () => Promise<readonly Loaded[]> } = { page: () => Promise.resolve([]) }
  const clock = { jumps: 0, agrees: true }
  const looks: { readonly at: number; readonly after: DuePlace | undefined }[] = []
  const graces: number[] = []
  const sweep = new Sweep({
    recovery: {
      by: 'sweep',
      findDue: (_until: Instant, _limit: number, after?: DuePlace) => {
        looks.push({ at: runtime.monotonic(), after })
        return store.page()
      },
    },
    shared,
    debtLeases: { lease: 10_000, longest: 70_000 },
    sagaRecovery: { retry: () => Promise.resolve() } as unknown as SagaRecovery,
    leases,
    capacity: {
      left: () => 1,
      has: (lane: Lane) => room.includes(lane),
      isHungry: (lane: Lane) => hungry.includes(lane),
      renew: () => undefined,
    } as unknown as SweepOptions['capacity'],
    runtime,
    clock: {
      agrees: () => Promise.resolve(clock.agrees),
      get jumps() {
        return clock.jumps
      },
    },
    scanProgress,
    incidents: new Incidents(runtime),
    unknownReferences: { scanBegins: () => undefined, scanned: () => undefined, scanEnds: () => undefined },
    timerGrace: { begin: () => void graces.push(runtime.monotonic()) },
  })
  /** Instants of the looks since the last call, each once. */
  const lookedAt = () => [...new Set(looks.splice(0).map(({ at }) => at))]
  /** A sweep that has run once at the instant 0. */
  const started = async () => {
    sweep.start()
    await runtime.advance(0)
    lookedAt()
  }
  return { sweep, runtime, scanProgress, leases, store, clock, looks, graces, lookedAt, started }
}
