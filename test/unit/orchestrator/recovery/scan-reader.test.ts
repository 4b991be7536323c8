import { expect, test } from 'vitest'
import { ScanReader } from '../../../../src/orchestrator/recovery/scan-reader.ts'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'
import type { DuePlace, Loaded } from '../../../../src/ports/persistency.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { passing } from '../stage.ts'

const dues = (page: readonly Loaded[]) => page.map(({ saga }) => saga.due ?? 0)

const READER = {
  shared: false,
  capacity: { left: () => 1, isHungry: () => false, renew: () => undefined },
  unknownReferences: { scanEnds: () => undefined },
}

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
    ...READER,
    recovery: { by: 'sweep', findDue },
    runtime,
    capacity: { ...READER.capacity, left: () => probes },
    pageRecovery: {
      recover: (page) => {
        if (dues(page).includes(place)) probes = 0
        return Promise.resolve({ due: Math.max(...dues(page)), id: '' })
      },
    },
    scanProgress: new ScanProgress(0),
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

test('I5 I9 a saga that was written before the place of the last scan is read after an outage of the store too', async () => {
  const runtime = simulatedRuntime()
  const scanProgress = new ScanProgress(100)
  const answers = [() => Promise.reject(new Error('the store is away')), () => Promise.resolve([])]
  const places: (DuePlace | undefined)[] = []
  const findDue = (_until: number, _limit: number, after?: DuePlace) => {
    places.push(after)
    return answers.shift()?.() ?? Promise.resolve([])
  }
  const pageRecovery = { recover: () => Promise.resolve(undefined) }
  const reader = new ScanReader({ ...READER, recovery: { by: 'sweep', findDue }, runtime, pageRecovery, scanProgress })
  scanProgress.expect(50)
  reader.begin()
  await expect(reader.read(scanProgress.fresh(200))).rejects.toThrow('the store is away')
  expect(await reader.read(scanProgress.fresh(300))).toBe(true)
  expect(places).toEqual([
    { due: 50, id: '' },
    { due: 50, id: '' },
  ])
})
