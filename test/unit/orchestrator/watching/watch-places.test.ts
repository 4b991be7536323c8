import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { WatchPlaces } from '../../../../src/orchestrator/watching/watch-places.ts'
import type { WatchPlacesOptions } from '../../../../src/orchestrator/watching/watch-places.ts'
import type { WatchStream } from '../../../../src/orchestrator/watching/watch-stream.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { readStream } from '../../../services/read-stream.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const RETRY = `retry: ${DEFAULTS.watchRetry}\n\n`

function scene(options: Partial<WatchPlacesOptions> = {}) {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const places = new WatchPlaces({ runtime, metrics, ...options })
  const open = (kind: 'saga' | 'all' = 'saga', left = (): void => undefined): WatchStream => {
    const stream = places.open({ kind, left })
    if (stream === undefined) throw new Error('expected a place')
    return stream
  }
  const dropped = () => metrics.times('count watcher-dropped')
  return { runtime, metrics, places, open, dropped }
}

describe('the number of streams', () => {
  test('C7 streams of both kinds take places; one that ends gives its place back, and is told of', async () => {
    let left = 0
    const { places, metrics, open } = scene({ most: 2 })
    const first = open('saga', () => left++)
    open('all')
    expect(places.open({ kind: 'saga', left: () => undefined })).toBeUndefined()
    await first.body.cancel()
    expect(left).toBe(1)
    open('all')
    expect(places.open({ kind: 'all', left: () => undefined })).toBeUndefined()
    expect(metrics.lines).toEqual(['watching saga 1', 'watching all 1', 'watching saga -1', 'watching all 1'])
  })

  test('C7 a stream says first when to come back', async () => {
    const { runtime, open } = scene()
    const stream = open()
    stream.end()
    expect(await new Response(stream.body).text()).toBe(RETRY)
    expect(runtime.timers).toBe(0)
  })

  test('C7 the service stops: every stream ends with the reason, and each later one at once', async () => {
    const { runtime, places, open } = scene({ life: 60_000 })
    const streams = [open('saga'), open('all')]
    places.close()
    for (const { body } of [...streams, open('all')]) {
      const text = await new Response(body).text()
      expect(text).toBe(`${RETRY}: the service is stopping: come back with Last-Event-ID\n\n`)
    }
    expect(runtime.timers).toBe(0)
  })

  test('C7 P19 a stream lives as long as it may; one that ended before leaves no timer', async () => {
    const { runtime, open } = scene({ life: 60_000 })
    const [short, long] = [open(), open()]
    await short.body.cancel()
    const reader = readStream(long.body)
    await runtime.advance(59_999)
    expect(reader.hasEnded()).toBe(false)
    await runtime.advance(1)
    expect(reader.comments.at(-1)).toBe(': this stream is as old as it may be: come back with Last-Event-ID')
    expect([reader.hasEnded(), runtime.timers]).toEqual([true, 0])
  })
})

describe('heartbeats of all streams', () => {
  test('C7 every stream has one in each interval, spread over it, and a deaf client is dropped', async () => {
    const { runtime, open, dropped } = scene()
    const readers = Array.from({ length: 15 }, () => readStream(open().body))
    const deaf = open('all')
    await runtime.advance(DEFAULTS.watchBeat / 3)
    const beaten = readers.filter(({ comments }) => comments.length > 0).length
    expect(beaten).toBe(5)
    await runtime.advance((DEFAULTS.watchBeat * 5) / 3)
    expect(readers.map(({ comments }) => comments)).toEqual(readers.map(() => [':', ':']))
    expect([deaf.hasEnded, dropped()]).toEqual([false, 0])
    await runtime.advance(2 * DEFAULTS.watchBeat)
    expect([deaf.hasEnded, dropped()]).toEqual([true, 1])
    await Promise.all(readers.map(({ leave }) => leave()))
    expect(runtime.timers).toBe(0)
  })
})

describe('bytes that wait for clients', () => {
  test('C7 streams of single sagas keep a bounded number of bytes together; one that is read has its place', async () => {
    const { places, open, dropped } = scene()
    const part = new Uint8Array(DEFAULTS.watchBytes / 4)
    const opened = Array.from({ length: 400 }, () => {
      const stream = open()
      for (const _ of [1, 2, 3]) places.push(stream, part)
      return stream
    })
    const held = () => opened.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(held()).toBeGreaterThan(DEFAULTS.watchBytesTotal / 2)
    expect(held()).toBeLessThan(DEFAULTS.watchBytesTotal + 400 * part.length + 100_000)
    expect(dropped()).toBeGreaterThan(0)
    for (const { body } of opened) await body.cancel()
    expect(held()).toBe(0)
    const later = open()
    for (const _ of [1, 2, 3]) places.push(later, part)
    expect([later.hasEnded, later.bytes]).toEqual([false, 3 * part.length + RETRY.length])
  })

  test('C7 as many bytes as all may keep are no reason to drop a client, one more is', () => {
    const { places, open, dropped } = scene()
    const full = DEFAULTS.watchBytesTotal / DEFAULTS.watchBytes
    const whole = new Uint8Array(DEFAULTS.watchBytes - RETRY.length)
    const [first, second, ...others] = Array.from({ length: full + 1 }, () => open()) as [WatchStream, WatchStream]
    for (const stream of others) places.push(stream, whole)
    places.push(first, whole.subarray(RETRY.length)) // all have together what they may
    places.push(second, new Uint8Array(1))
    expect([second.hasEnded, dropped()]).toEqual([false, 0])
    places.push(second, new Uint8Array(1))
    expect([second.hasEnded, first.hasEnded, dropped()]).toEqual([true, false, 1])
  })

  test('C7 the bytes of streams of all sagas are shared, and no reason to drop a client', () => {
    const { places, open, dropped } = scene()
    const most = new Uint8Array(DEFAULTS.watchRing + DEFAULTS.watchBytes - RETRY.length)
    const streams = Array.from({ length: 70 }, () => open('all'))
    for (const stream of streams) places.push(stream, most)
    const saga = open()
    places.push(saga, new Uint8Array(1))
    expect([saga.hasEnded, dropped()]).toEqual([false, 0])
    for (const stream of streams) places.push(stream, new Uint8Array(1))
    expect(dropped()).toBe(70)
  })
})
