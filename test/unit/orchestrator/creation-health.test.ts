import { expect, test } from 'vitest'
import { CreationHealth } from '../../../src/orchestrator/creation-health.ts'
import type { Created } from '../../../src/orchestrator/corridor.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const FAILED: Created = { kind: 'unavailable', why: 'not authorised to insert' }

test('P20 a creation that failed is no readiness, until one succeeds or nobody has tried for ten seconds', async () => {
  const runtime = simulatedRuntime()
  const births = new CreationHealth(runtime)
  const told = () => births.health()
  expect(told()).toEqual({ ok: true })
  births.note(FAILED)
  expect(told()).toEqual({ ok: false, why: expect.stringContaining('not authorised to insert') })
  births.note({ kind: 'repeated', sagaId: 's' }) // it was only read
  expect(told().ok).toBe(false)
  births.note({ kind: 'created', sagaId: 's' })
  expect(told()).toEqual({ ok: true })
  births.note(FAILED)
  await runtime.advance(9_999)
  expect(told().ok).toBe(false)
  await runtime.advance(1)
  expect(told()).toEqual({ ok: true })
})

test('P17 a creation that is durable and whose command is not out says nothing about the store', () => {
  const births = new CreationHealth(simulatedRuntime())
  births.note({ ...FAILED, isOwing: true })
  expect(births.health()).toEqual({ ok: true })
})
