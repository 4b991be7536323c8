import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { scanFuture } from '../../../../src/orchestrator/recovery/future-scan.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { Scan } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const LEASE = 15_000

/** Looks at the future, each of which meets what `look` says. */
function world({ shared = true } = {}) {
  const runtime = simulatedRuntime()
  const scanProgress = new ScanProgress(0)
  const scans: Scan[] = []
  const met = { isComplete: true, sagas: [] as string[], isEffective: false, ripe: [] as (boolean | undefined)[] }
  const reader = {
    read: async (scan: Scan) => {
      scans.push(scan)
      met.ripe = met.sagas.map((id) => scan.isRipe?.(id))
      if (met.isEffective) scan.isEffective = true
      if (met.isComplete) scanProgress.ended(scan, 0)
      return met.isComplete
    },
  }
  const look = () =>
    scanFuture({ shared, debtLeases: { lease: LEASE, longest: 70_000 }, runtime, scanProgress, reader })
  /** Milliseconds until the next look. */
  const wait = () => scanProgress.nextFuture - runtime.monotonic()
  return { runtime, scanProgress, scans, met, look, wait }
}

test('P23 it begins after everything that this process could write, and comes again in a minute', async () => {
  const { runtime, scans, look, wait } = world()
  await look()
  expect(scans[0]?.at).toEqual({ due: runtime.wallClock() + 70_000, id: '' })
  expect(wait()).toBe(DEFAULTS.clockLook)
  await runtime.advance(DEFAULTS.clockLook - 1)
  await look()
  expect(scans).toHaveLength(1)
  await runtime.advance(1)
  await look()
  expect(scans).toHaveLength(2)
})

test('P23 a saga is left to its holder for the length of a lease, and is looked at every second meanwhile', async () => {
  const { runtime, met, look, wait } = world()
  met.sagas = ['s1']
  await look()
  expect([met.ripe, wait()]).toEqual([[false], DEFAULTS.sweep])
  await runtime.advance(LEASE - 1)
  await look()
  expect(met.ripe).toEqual([false])
  await runtime.advance(DEFAULTS.sweep)
  await look()
  expect(met.ripe).toEqual([true])
})

test('P23 one that has moved on waits no more, and has its whole time where it comes back', async () => {
  const { runtime, met, look, wait } = world()
  met.sagas = ['s1']
  await look()
  met.sagas = []
  await runtime.advance(LEASE)
  await look()
  expect(wait()).toBe(DEFAULTS.clockLook)
  met.sagas = ['s1']
  await runtime.advance(DEFAULTS.clockLook)
  await look()
  expect(met.ripe).toEqual([false])
})

test('P23 a look that is not complete forgets none, and goes on soon', async () => {
  const { runtime, met, look, wait, scanProgress } = world()
  met.sagas = ['s1']
  await look()
  Object.assign(met, { sagas: [], isComplete: false })
  await runtime.advance(LEASE)
  await look()
  expect([wait(), scanProgress.farDebts.areWaiting]).toEqual([DEFAULTS.sweep, true])
})

test('P23 one that has done something comes again soon; a store of this process alone has no other holder', async () => {
  const { met, look, wait } = world({ shared: false })
  Object.assign(met, { sagas: ['s1'], isEffective: true })
  await look()
  expect([met.ripe, wait()]).toEqual([[undefined], DEFAULTS.sweep])
})
