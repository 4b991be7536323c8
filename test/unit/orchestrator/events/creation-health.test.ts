import { expect, test } from 'vitest'
import { CreationHealth } from '../../../../src/orchestrator/events/creation-health.ts'
import type { Created } from '../../../../src/orchestrator/corridor.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const FAILED: Created = { kind: 'unavailable', why: 'not authorised to insert' }

test('P20 a failed creation takes readiness away until one succeeds, for ten seconds at most', async () => {
  const runtime = simulatedRuntime()
  const creations = new CreationHealth(runtime)
  const health = () => creations.health()
  expect(health()).toEqual({ ok: true })
  creations.note(FAILED)
  expect(health()).toEqual({ ok: false, why: expect.stringContaining('not authorised to insert') })
  creations.note({ kind: 'repeated', sagaId: 's' }) // it was only read
  expect(health().ok).toBe(false)
  creations.note({ kind: 'created', sagaId: 's' })
  expect(health()).toEqual({ ok: true })
  creations.note(FAILED)
  await runtime.advance(9_999)
  expect(health().ok).toBe(false)
  await runtime.advance(1)
  expect(health()).toEqual({ ok: true })
})

test('P17 a durable creation whose command is not out yet does not count against the store', () => {
  const creations = new CreationHealth(simulatedRuntime())
  creations.note({ ...FAILED, isOwing: true })
  expect(creations.health()).toEqual({ ok: true })
})
