import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { WatchPlaces } from '../../../../src/orchestrator/watching/watch-places.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

test('C7 streams of single sagas keep a bounded number of bytes together; one that is read has its place', async () => {
  const metrics = fakeMetrics()
  const places = new WatchPlaces({ runtime: simulatedRuntime(), metrics })
  const part = new Uint8Array(DEFAULTS.watchBytes / 4)
  const opened = Array.from({ length: 400 }, () => {
    const stream = places.open({ kind: 'saga', left: () => undefined })
    if (stream === undefined) throw new Error('expected a place')
    for (const _ of [1, 2, 3]) places.push(stream, part)
    return stream
  })
  const held = () => opened.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(held()).toBeGreaterThan(DEFAULTS.watchBytesTotal / 2)
  expect(held()).toBeLessThan(DEFAULTS.watchBytesTotal + 400 * part.length + 100_000)
  expect(metrics.lines).toContain('count watcher-dropped')
  for (const { body } of opened) await body.cancel()
  expect(held()).toBe(0)
  const later = places.open({ kind: 'saga', left: () => undefined })
  for (const _ of [1, 2, 3]) if (later !== undefined) places.push(later, part)
  expect([later?.hasEnded, later?.bytes]).toEqual([false, 3 * part.length + 'retry: 3000\n\n'.length])
  places.close()
})
