import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { StoreOutage } from '../../../../src/orchestrator/events/store-outage.ts'
import type { Health } from '../../../../src/ports/health.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

function outage(probe: () => Promise<Health>) {
  const runtime = simulatedRuntime()
  const begun: string[] = []
  const outage = new StoreOutage({
    persistency: { probe, name: 'shelf' },
    runtime,
    onBegin: () => void begun.push('begun'),
  })
  const lines = () => runtime.logged.map(({ code, fields }) => [code, fields])
  return { outage, runtime, begun, lines }
}

test('P20 a store that gives no answer is away, and back with its next answer', async () => {
  let health: Promise<Health> = new Promise(() => undefined)
  const { outage: one, runtime, begun, lines } = outage(() => health)
  const isCause = one.isCauseOf('s', 0)
  await runtime.advance(DEFAULTS.answer)
  expect(await isCause).toBe(true)
  expect(begun).toEqual(['begun'])
  expect(lines()).toEqual([['store.away', { store: 'shelf', why: `no answer within ${DEFAULTS.answer} ms` }]])
  health = Promise.resolve({ ok: true })
  await runtime.advance(DEFAULTS.outageProbe)
  expect(lines().slice(1)).toEqual([['store.back', { store: 'shelf' }]])
  expect(one.nextProbe).toBeUndefined()
})

test('P20 a saga that fails alone is no outage, as long as the store answers', async () => {
  const { outage: one, begun } = outage(async () => ({ ok: true }))
  expect([await one.isCauseOf('s', 0), await one.isCauseOf('s', 0)]).toEqual([false, false])
  expect(begun).toEqual([])
})

test('P20 two sagas that fail at once are an outage, although the probe is answered; failures one after the other are not', async () => {
  const { outage: one, runtime, lines } = outage(async () => ({ ok: true }))
  expect(await one.isCauseOf('s', runtime.monotonic())).toBe(false)
  await runtime.advance(10)
  expect(await one.isCauseOf('t', runtime.monotonic())).toBe(false)
  one.written()
  expect(await one.isCauseOf('u', runtime.monotonic())).toBe(false)
  await runtime.advance(10)
  const begun = runtime.monotonic()
  expect(await one.isCauseOf('v', begun)).toBe(false)
  expect(await one.isCauseOf('w', begun)).toBe(true)
  expect(lines()).toEqual([['store.away', { store: 'shelf', why: 'no saga can be written' }]])
})
