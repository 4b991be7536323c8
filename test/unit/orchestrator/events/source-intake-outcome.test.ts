import { expect, test } from 'vitest'
import type { Outcome } from '../../../../src/orchestrator/corridor.ts'
import { NumberGuard } from '../../../../src/orchestrator/events/number-guard.ts'
import { SourceIntake } from '../../../../src/orchestrator/events/source-intake.ts'
import type { Taken } from '../../../../src/ports/source.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

test.each<[Outcome, Taken]>([
  [{ kind: 'moved', sagaId: 's', state: 'paid' }, { kind: 'settled' }],
  [{ kind: 'duplicate', sagaId: 's', state: 'paid' }, { kind: 'settled' }],
  [
    { kind: 'unexpected', sagaId: 's', state: 'paid', label: 'go', expected: ['ship', 'stop'], reject: false },
    { kind: 'poison', reason: 'unexpected', why: 'the saga is in "paid", which expects "ship", "stop", not "go"' },
  ],
  [
    { kind: 'unexpected', sagaId: 's', state: 'paid', label: 'go', expected: [], reject: true },
    { kind: 'poison', reason: 'unexpected', why: 'the saga is in "paid", which expects no event, not "go"' },
  ],
  [
    { kind: 'parking-full', sagaId: 's', limit: 3 },
    { kind: 'poison', reason: 'parking-full', why: 'the saga keeps 3 parked events, as many as it may' },
  ],
  [
    { kind: 'refused', sagaId: 's', why: 'no number' },
    { kind: 'poison', reason: 'refused', why: 'no number' },
  ],
  [
    { kind: 'unknown-saga', sagaId: 's' },
    { kind: 'poison', reason: 'unknown-saga', why: 'there is no saga "s"' },
  ],
  [
    { kind: 'too-large', limit: 1_900_000 },
    { kind: 'poison', reason: 'too-large', why: expect.stringContaining('1900000') as unknown as string },
  ],
  // P20: no outage; other events of its partition go on.
  [
    { kind: 'unreadable', sagaId: 's', why: 'the head is damaged' },
    { kind: 'stuck', why: 'the head is damaged', lastWritten: Number.NEGATIVE_INFINITY },
  ],
  [
    { kind: 'too-large', limit: 16_777_216, part: 'metadata' },
    { kind: 'poison', reason: 'too-large', why: expect.stringContaining('MAX_SAGA_SIZE') as unknown as string },
  ],
  // P11: a machine with the state may be on its way.
  [
    { kind: 'stranded', sagaId: 's', state: 'old' },
    {
      kind: 'stuck',
      why: 'the saga is in "old", which this machine does not have: give its new name in settings.movedStates, move the saga by hand, or bring the state back',
      lastWritten: Number.NEGATIVE_INFINITY,
      isKept: false,
      isStranded: true,
    },
  ],
])('I1 what may be acknowledged: $kind', async (outcome, expected) => {
  const handled: string[] = []
  const corridor = {
    backpressure: () => undefined,
    noteOutage: () => undefined,
    handle: async ({ sagaId }: { sagaId: string }) => {
      handled.push(sagaId)
      return outcome
    },
  }
  const { can } = timelessMemory()
  const persistency = { name: 'fake', can, probe: async () => ({ ok: true }) as const }
  const intake = new SourceIntake({
    corridor,
    persistency,
    runtime: simulatedRuntime(),
    numbers: { refusal: () => undefined },
  })
  const event = { id: 'key/1', sagaId: 's', label: 'go', payload: {} }
  expect(await intake.take(event, () => true, true)).toEqual(expected)
  expect(handled).toEqual(['s'])
})

test('P18 P20 the beginning of an outage is noted once: the events of timers wait for what the topics hold after it', async () => {
  const runtime = simulatedRuntime()
  let [isAway, notes] = [true, 0]
  const corridor = {
    backpressure: () => undefined,
    noteOutage: () => void notes++,
    handle: async (): Promise<Outcome> =>
      isAway ? { kind: 'unavailable', why: 'no answer' } : { kind: 'moved', sagaId: 's', state: 'paid' },
  }
  const { can } = timelessMemory()
  const probe = async () => (isAway ? ({ ok: false, why: 'no answer' } as const) : ({ ok: true } as const))
  const numbers = { refusal: () => undefined }
  const intake = new SourceIntake({ corridor, persistency: { name: 'fake', can, probe }, runtime, numbers })
  const taking = intake.take({ id: 'key/1', sagaId: 's', label: 'go', payload: {} }, () => true, true)
  await runtime.advance(30_000)
  expect([intake.isAway, notes]).toEqual([true, 1])
  isAway = false
  await runtime.advance(60_000)
  expect(await taking).toEqual({ kind: 'settled' })
  expect([intake.isAway, notes]).toEqual([false, 1])
})

test.each(['accept', 'refuse'] as const)('C3.3 an inexact number: %s', async (policy) => {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const handled: unknown[] = []
  const corridor = {
    backpressure: () => undefined,
    noteOutage: () => undefined,
    handle: async (event: unknown): Promise<Outcome> => {
      handled.push(event)
      return { kind: 'moved', sagaId: 's', state: 'paid' }
    },
  }
  const { can } = timelessMemory()
  const persistency = { name: 'fake', can, probe: async () => ({ ok: true }) as const }
  const numbers = new NumberGuard({ policy, metrics, log: runtime.log })
  const intake = new SourceIntake({ corridor, persistency, runtime, numbers })
  const inexact = { path: 'messagePayload.sum', literal: '1e400', becomes: 'null', count: 1 }
  const event = { id: 'key/1', sagaId: 's', label: 'go', payload: { sum: null }, origin: 'events/3/17', inexact }
  const taken = await intake.take(event, () => true, true)
  expect(metrics.times('count inexact-number')).toBe(1)
  if (policy === 'refuse') {
    const why = expect.stringContaining('messagePayload.sum is 1e400, which would become null')
    expect(taken).toEqual({ kind: 'poison', reason: 'inexact-number', why })
    expect(handled).toEqual([])
  } else {
    expect(taken).toEqual({ kind: 'settled' })
    const fields = { label: 'go', path: 'messagePayload.sum', written: '1e400', kept: 'null', origin: 'events/3/17' }
    expect(runtime.logged).toEqual([
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining(fields) }),
    ])
  }
})
