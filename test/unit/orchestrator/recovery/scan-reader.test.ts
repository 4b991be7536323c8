import { expect, test } from 'vitest'
import { ScanReader } from '../../../../src/orchestrator/recovery/scan-reader.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { DuePlace, Loaded } from '../../../../src/ports/persistency.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { passing } from '../stage.ts'

const dues = (page: readonly Loaded[]) => page.map(({ saga }) => saga.due ?? 0)

/** Sagas that are due at 1, 2, 3 …; only the one that is due at `place` owes a command to `bank`, whose circuit is open. */
function scanOf(sagas: number, place: number) {
  const runtime = simulatedRuntime()
  const all = Array.from({ length: sagas }, (_, at) => ({ saga: { id: `s${at}`, due: at + 1 } }) as unknown as Loaded)
  const sizes: number[] = []
  let probes = 1
  const findDue = (until: number, limit: number, after?: DuePlace) => {
    sizes.push(limit)
    return Promise.resolve(
      all.filter(({ saga: { due = 0 } }) => due > (after?.due ?? 0) && due <= until).slice(0, limit),
    )
  }
  const reader = new ScanReader({
    recovery: { by: 'sweep', findDue },
    shared: false,
    runtime,
    capacity: { left: () => probes, isHungry: () => false, renew: () => undefined },
    pageRecovery: {
      recover: (page) => {
        if (dues(page).includes(place)) probes = 0
        return Promise.resolve({ due: Math.max(...dues(page)), id: '' })
      },
    },
    scanProgress: new ScanProgress(0),
    unknownReferences: { scanEnds: () => undefined },
  })
  reader.begin()
  const scan = { kind: 'catch-up', at: undefined, until: sagas, lane: 'bank' } as const
  return { read: () => passing(runtime, reader.read({ ...scan })), sizes, isProbed: () => probes === 0 }
}

test('I5 P28 the probe of an open circuit does not wait for the pages of other lanes before it', async () => {
  const scan = scanOf(300, 90)
  expect(await scan.read()).toBe(true)
  expect([scan.isProbed(), scan.sizes]).toEqual([true, [4, 8, 16, 32, 64]])
})

test('P16 a catch-up ends with the page that takes the capacity of its lane', async () => {
  const scan = scanOf(300, 2)
  expect(await scan.read()).toBe(true)
  expect([scan.isProbed(), scan.sizes]).toEqual([true, [4]])
})
