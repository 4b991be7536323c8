import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Outcome } from '../../../../src/orchestrator/corridor.ts'
import { SourceIntake } from '../../../../src/orchestrator/events/source-intake.ts'
import type { Health } from '../../../../src/ports/health.ts'
import type { Capabilities } from '../../../../src/ports/persistency.ts'
import type { Taken } from '../../../../src/ports/source.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { settle } from '../../../../testing/simulation/settle.ts'

const MOVED: Outcome = { kind: 'moved', sagaId: 's', state: 'paid' }
const AWAY: Outcome = { kind: 'unavailable', why: 'the store does not answer' }
const WELL: Health = { ok: true }

/** An intake whose corridor takes `latency` ms, over a store that the test controls. */
function stage(latency = 0, can: Capabilities = timelessMemory().can) {
  const runtime = simulatedRuntime()
  const handled: string[] = []
  const state = {
    /** Outcome of an event of this saga. */
    outcome: (_saga: string): Outcome => MOVED,
    probe: async (): Promise<Health> => WELL,
    probes: 0,
    isWanted: true,
  }
  const handle = async ({ sagaId }: { sagaId: string }) => {
    handled.push(sagaId)
    if (latency > 0) await new Promise<void>((resolve) => runtime.after(latency, resolve))
    return state.outcome(sagaId)
  }
  const probe = () => {
    state.probes++
    return state.probe()
  }
  const intake = new SourceIntake({
    corridor: { backpressure: () => undefined, noteOutage: () => undefined, handle },
    persistency: { name: 'fake', can, probe },
    runtime,
    numbers: { refusal: () => undefined },
  })
  const taken: Record<string, Taken> = {}
  const take = (...sagas: string[]) => {
    for (const sagaId of sagas) {
      const event = { id: `key/${sagaId}`, sagaId, label: 'go', payload: {} }
      void intake.take(event, () => state.isWanted, true).then((answer) => (taken[sagaId] = answer))
    }
  }
  const down = () => {
    state.outcome = () => AWAY
    state.probe = async () => ({ ok: false, why: 'no route' })
  }
  const mend = () => {
    state.outcome = () => MOVED
    state.probe = async () => WELL
  }
  return { runtime, intake, state, handled, taken, take, down, mend }
}

test('an unwanted event is not handed in', async () => {
  const { state, take, taken, handled } = stage()
  state.isWanted = false
  take('s')
  await settle()
  expect([taken['s'], handled]).toEqual([{ kind: 'unwanted' }, []])
})

describe('P20 an outage of the store', () => {
  test('is waited out; then every event goes on by itself and none is skipped', async () => {
    const { runtime, intake, take, taken, handled, down, mend } = stage()
    down()
    take('a', 'b', 'c')
    await runtime.advance(3_600_000)
    expect([taken, intake.isAway]).toEqual([{}, true])
    expect(handled).toHaveLength(3)
    mend()
    await runtime.advance(DEFAULTS.outageProbe)
    const settled = { kind: 'settled' }
    expect([taken, intake.isAway]).toEqual([{ a: settled, b: settled, c: settled }, false])
    expect(handled).toHaveLength(6)
    expect(runtime.logged.map(({ level }) => level)).toEqual(['error', 'info'])
  })

  test('pauses intake, probes once a second, and is logged once', async () => {
    const { runtime, state, take, handled, down } = stage()
    down()
    take('a')
    await settle()
    const before = state.probes
    take('b')
    await runtime.advance(10_000)
    expect(handled).toEqual(['a'])
    expect(state.probes - before).toBe(10)
    expect(runtime.logged.map(({ level }) => level)).toEqual(['error'])
    expect(runtime.logged[0]).toMatchObject({ fields: { store: 'fake', why: 'no route' } })
  })

  test('is recognised where the probe throws', async () => {
    const { runtime, intake, state, take, taken, mend } = stage()
    state.outcome = () => AWAY
    state.probe = () => Promise.reject(new Error('the line broke'))
    take('a')
    await runtime.advance(5_000)
    expect([taken, intake.isAway]).toEqual([{}, true])
    mend()
    await runtime.advance(1_000)
    expect(taken).toEqual({ a: { kind: 'settled' } })
  })

  test('is recognised where the probe is well and no saga can be written', async () => {
    const { runtime, intake, state, take, taken, mend } = stage(100)
    state.outcome = () => AWAY
    take('a', 'b')
    await runtime.advance(100)
    // Before the second failure the first one may be an outage: its event is handed in again.
    expect([Object.keys(taken), intake.isAway]).toEqual([['a'], true])
    expect(runtime.logged[0]).toMatchObject({ level: 'error', fields: { why: 'no saga can be written' } })
    mend()
    await runtime.advance(1_200)
    expect(taken).toMatchObject({ a: { kind: 'stuck' }, b: { kind: 'settled' } })
  })

  test('may repeat without an event becoming stuck', async () => {
    const { runtime, state, take, taken, down } = stage()
    down()
    take('a')
    for (let times = 0; times < 15; times++) {
      await runtime.advance(3_000)
      state.probe = async () => WELL
      const back = runtime.advance(1_000)
      state.outcome = () => {
        state.probe = async () => ({ ok: false, why: 'no route' })
        return AWAY
      }
      await back
    }
    expect(taken).toEqual({})
  })
})

describe('P20 one saga that cannot be written although others can', () => {
  test('tells the instant of the last write: an answer that writes nothing does not count', async () => {
    const { runtime, state, take, taken } = stage()
    const outcomes: Record<string, Outcome> = { broken: AWAY, known: { kind: 'duplicate', sagaId: 's', state: 'paid' } }
    state.outcome = (saga) => outcomes[saga] ?? MOVED
    await runtime.advance(100)
    take('known', 'broken')
    await settle()
    expect(taken['broken']).toMatchObject({ lastWritten: Number.NEGATIVE_INFINITY })
    take('well')
    await runtime.advance(50)
    take('broken')
    await settle()
    expect(taken['broken']).toMatchObject({ lastWritten: 100 })
  })

  test('P17 is no outage where sagas are written and their participants do not answer', async () => {
    const { intake, state, take, taken, handled } = stage(0, {
      ...timelessMemory().can,
      recovery: { by: 'redelivery' },
    })
    state.outcome = () => ({ kind: 'unavailable', why: 'a command did not reach its participant', isOwing: true })
    take('a')
    await settle()
    take('b')
    await settle()
    expect([intake.isAway, handled, state.probes]).toEqual([false, ['a', 'b'], 0])
    expect(taken['b']).toMatchObject({ kind: 'stuck', isKept: false })
  })

  test('P17 where recovery is by redelivery, its event must never be put aside', async () => {
    const { runtime, state, take, taken } = stage(0, { ...timelessMemory().can, recovery: { by: 'redelivery' } })
    state.outcome = (saga) => (saga === 'broken' ? AWAY : MOVED)
    take('broken', 'well')
    await runtime.advance(100)
    expect(taken['broken']).toMatchObject({ kind: 'stuck', isKept: false })
  })

  test('is stuck, and the store is not away', async () => {
    const { runtime, intake, state, take, taken, handled } = stage()
    state.outcome = (saga) => (saga === 'broken' ? AWAY : MOVED)
    take('broken', 'well')
    await runtime.advance(10_000)
    expect(taken).toEqual({
      broken: { kind: 'stuck', why: 'the store does not answer', lastWritten: 0 },
      well: { kind: 'settled' },
    })
    expect(handled.filter((one) => one === 'broken')).toHaveLength(1)
    expect([intake.isAway, runtime.logged]).toEqual([false, []])
  })

  test('two such sagas are no outage while a third one is written', async () => {
    const { runtime, intake, state, take, taken } = stage(100)
    state.outcome = (saga) => (saga.startsWith('broken') ? AWAY : MOVED)
    take('broken-1', 'well-1', 'broken-2')
    await runtime.advance(100)
    expect([intake.isAway, Object.keys(taken)]).toEqual([false, ['broken-1', 'well-1', 'broken-2']])
  })

  test('two such sagas without any other do not keep each other from being stuck', async () => {
    const { runtime, state, take, taken } = stage(100)
    state.outcome = () => AWAY
    take('broken-1', 'broken-2')
    await runtime.advance(60_000)
    expect(Object.values(taken).map(({ kind }) => kind)).toEqual(['stuck', 'stuck'])
  })
})

test('P20 waiting for a store ends when the event is no longer wanted', async () => {
  const { runtime, state, take, taken, down } = stage()
  down()
  take('a')
  await runtime.advance(5_000)
  state.isWanted = false
  await runtime.advance(2 * DEFAULTS.outageProbe)
  expect(taken).toEqual({ a: { kind: 'unwanted' } })
})
