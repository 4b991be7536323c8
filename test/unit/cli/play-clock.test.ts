import { expect, test } from 'vitest'
import { PlayClock } from '../../../cli/play/play-clock.ts'
import { webRuntime } from '../../../adapters/runtime/web.ts'
import type { Log, Runtime } from '../../../src/ports/runtime.ts'

const LOG: Log = { write: () => undefined, writes: () => false }
const HOUR = 3_600_000

function playedClock(): { readonly clock: PlayClock; readonly runtime: Runtime } {
  const clock = new PlayClock(webRuntime('test', LOG))
  return { clock, runtime: clock.runtime(LOG) }
}

test('a push moves wall clock and monotonic clock together', () => {
  const { clock, runtime } = playedClock()
  const before = { wall: runtime.wallClock(), monotonic: runtime.monotonic() }
  clock.forward(72 * HOUR)
  expect(runtime.wallClock() - before.wall).toBeGreaterThanOrEqual(72 * HOUR)
  expect(runtime.monotonic() - before.monotonic).toBeGreaterThanOrEqual(72 * HOUR)
  expect(clock.ahead).toBe(72 * HOUR)
})

test('timers that are due run in their order, the others go on sleeping', async () => {
  const { clock, runtime } = playedClock()
  const ran: string[] = []
  const all = Promise.withResolvers<void>()
  runtime.after(3 * HOUR, () => void (ran.push('third'), all.resolve()))
  runtime.after(HOUR, () => ran.push('first'))
  const cancelDropped = runtime.after(HOUR, () => ran.push('dropped'))
  runtime.after(2 * HOUR, () => ran.push('second'))
  runtime.after(40 * 24 * HOUR, () => ran.push('beyond 31 bits'))
  cancelDropped()
  clock.forward(3 * HOUR)
  await all.promise
  expect(ran).toEqual(['first', 'second', 'third'])
  const last = Promise.withResolvers<void>()
  runtime.after(37 * 24 * HOUR, () => last.resolve())
  clock.forward(37 * 24 * HOUR)
  await last.promise
  expect(ran).toEqual(['first', 'second', 'third'])
})

test('an interval runs once for all its missed ticks, and goes on', async () => {
  const { clock, runtime } = playedClock()
  let ticks = 0
  let ticked = Promise.withResolvers<void>()
  const cancel = runtime.every(HOUR, () => {
    ticks++
    ticked.resolve()
  })
  clock.forward(24 * HOUR)
  await ticked.promise
  expect(ticks).toBe(1)
  ticked = Promise.withResolvers()
  clock.forward(HOUR)
  await ticked.promise
  expect(ticks).toBe(2)
  cancel()
  clock.forward(HOUR)
  const later = Promise.withResolvers<void>()
  runtime.after(1, () => later.resolve())
  await later.promise
  expect(ticks).toBe(2)
})
