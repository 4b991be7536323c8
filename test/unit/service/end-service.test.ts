import { expect, test } from 'vitest'
import { readEnvironment } from '../../../src/config/environment.ts'
import type { Service } from '../../../src/start.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { endService } from '../../../workers/end-service.ts'

/** A service and a server that record what is asked of them, and when. */
function stage(variables: Record<string, string> = {}) {
  const runtime = simulatedRuntime()
  const read = readEnvironment({ CONFIGURATION: '{}', ...variables })
  if (!read.ok) throw new Error('read the environment')
  const begun = runtime.monotonic()
  const steps: string[] = []
  const note = (step: string) => void steps.push(`${runtime.monotonic() - begun} ${step}`)
  const service = {
    runtime,
    environment: read.value,
    leave: () => note('leave'),
    stop: async (within: number) => note(`stop within ${within}`),
  } as unknown as Service
  const listener = { leave: () => note('last answers'), close: async () => note('close') }
  const hurry = new AbortController()
  return { runtime, steps, hurry, end: () => endService(service, listener, hurry.signal) }
}

test('C7 sources leave and probes are KO at once; the server closes after ten seconds, which count', async () => {
  const { runtime, steps, end } = stage()
  const ended = end()
  await runtime.advance(9_999)
  expect(steps).toEqual(['0 leave', '0 last answers'])
  await runtime.advance(1)
  await ended
  expect(steps.slice(2)).toEqual(['10000 close', '10000 stop within 20000'])
  expect(runtime.logged.map(({ code }) => code)).toEqual(['service.leaving', 'service.stopping'])
})

test.each([
  ['the wait is turned off', { WAIT_BEFORE_SERVER_CLOSE_SEC: '0' }, 0, 30_000],
  ['the wait is set', { WAIT_BEFORE_SERVER_CLOSE_SEC: '3' }, 3_000, 27_000],
  ['the wait leaves half of the time for the work under way', { SHUTDOWN_TIMEOUT: '8s' }, 4_000, 4_000],
])('C7 %s', async (_, variables, wait, rest) => {
  const { runtime, steps, end } = stage(variables)
  const ended = end()
  await runtime.advance(wait)
  await ended
  expect(steps.slice(2)).toEqual([`${wait} close`, `${wait} stop within ${rest}`])
})

test('C7 SIGINT skips the wait, or ends it', async () => {
  const skipped = stage()
  skipped.hurry.abort()
  await skipped.end()
  expect(skipped.steps.at(-1)).toBe('0 stop within 30000')
  const cut = stage()
  const ended = cut.end()
  await cut.runtime.advance(2_500)
  cut.hurry.abort()
  await ended
  expect(cut.steps.at(-1)).toBe('2500 stop within 27500')
  expect(cut.runtime.timers).toBe(0)
})
