import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { SetAside } from '../../../src/orchestrator/set-aside.ts'
import { fakeRuntime } from '../../fakes/runtime.ts'

test('P14 what could not be claimed is left out, for longer each time, and no longer than a minute', async () => {
  const runtime = fakeRuntime()
  const aside = new SetAside(runtime)
  const waits: number[] = []
  for (let times = 0; times < 8; times++) {
    aside.failed('s')
    const since = runtime.monotonic()
    while (aside.has('s')) await runtime.advance(1_000)
    waits.push(runtime.monotonic() - since)
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  expect(DEFAULTS.retryLongest).toBe(60_000)
  aside.claimed('s')
  aside.failed('s')
  await runtime.advance(2_000)
  expect(aside.has('s')).toBe(false)
})
