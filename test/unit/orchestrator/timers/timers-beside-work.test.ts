import { describe, expect, test } from 'vitest'
import type { Instant, SagaId } from '../../../../src/engine/saga.ts'
import type { Loaded, Persistency } from '../../../../src/ports/persistency.ts'
import { fakeStore } from '../../../fakes/store.ts'
import type { FakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { DEFINITION, LOOK, MINUTE, eventsOf, headOf, running } from './timer-stage.ts'

describe('timers beside other work', () => {
  test('P18 P2 two processes fire one event', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const one = await running({ store })
    const two = await running({ store, runtime: one.runtime })
    await Promise.all(Array.from({ length: 20 }, (_, at) => one.create(`s${at}`)))
    await one.runtime.advance(4 * MINUTE)
    for (let at = 0; at < 20; at++) {
      expect((await eventsOf(store, `s${at}`)).map(([label]) => label)).toEqual(['__created__', 'silence'])
    }
    await one.stop()
    await two.stop()
  })

  test('P18 P6 a write of unknown fate fires no second event', async () => {
    const scene = await running()
    await scene.create()
    await scene.runtime.advance(2 * (MINUTE + LOOK))
    scene.store.trouble('after', 'before')
    await scene.runtime.advance(2 * MINUTE)
    expect((await eventsOf(scene.store)).map(([label]) => label)).toEqual(['__created__', 'silence'])
    await scene.stop()
  })

  test('P18 I5 a hundred thousand waiting timers: a look reads only what is due', async () => {
    const memory = timelessMemory()
    const store = fakeStore(memory)
    const scene = await running({ store })
    await fill(memory, 100_000, scene.runtime.wallClock() + 50_000)
    await fill(memory, 3, scene.runtime.wallClock() + 10_000, 'due')
    await scene.runtime.advance(5_000)
    const read = countRows(store)
    await scene.runtime.advance(30_000)
    expect(read()).toBe(3)
    expect(await headOf(scene, 'due1')).toMatchObject({ state: 'giving up' })
    await scene.stop()
  })

  test('P18 P23 deadlines far ahead are never read, and do not hide a command of another clock among them', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const ahead = await running({ store })
    await fill(store, 10_000, ahead.runtime.wallClock() + 86_400_000)
    await ahead.stop()
    const far = ahead.runtime.wallClock() + 3_600_000
    await owing(store, 'lost', far)
    const read = countRows(store)
    const back = await running({ store, runtime: ahead.runtime })
    await back.runtime.advance(5 * MINUTE)
    expect(back.channel.ids).toEqual(['lost/0/0'])
    expect(read()).toBeLessThan(1_000)
    await back.stop()
  })

  test('P18 P11 a deadline whose state this machine lacks waits for another machine, and is logged', async () => {
    const store = fakeStore()
    const old = await running({ store })
    await old.create()
    await old.stop()
    const states = DEFINITION.states.map((state) => (state.id === 'asked' ? { ...state, id: 'inquired' } : state))
    const renamed = states.map((state) => ({
      ...state,
      outgoingTransitions: state.outgoingTransitions?.map((one) => ({ ...one, targetState: 'done' })) ?? [],
    }))
    const other = await running({
      store,
      runtime: old.runtime,
      definition: { initialState: 'inquired', states: renamed },
    })
    await other.runtime.advance(5 * MINUTE)
    expect(await headOf(other)).toMatchObject({ state: 'asked', timer: { resends: 2 } })
    await other.stop()
    const back = await running({ store, runtime: old.runtime })
    await back.runtime.advance(LOOK)
    expect((await headOf(back)).timer?.resends).toBe(1)
    await back.stop()
  })

  test('P18 P26 a held saga fires no timer', async () => {
    const scene = await running()
    await scene.create()
    await scene.settle()
    const loaded = await scene.store.load('s1')
    if (loaded === undefined) throw new Error('there is no saga')
    const hold = { since: 0 }
    const change = { sagaId: 's1', writeId: 'held', at: scene.runtime.wallClock() }
    const next = { ...loaded.saga, owed: [], hold, due: 1 }
    await scene.store.save({ ...change, hold }, next, loaded.basis)
    await scene.runtime.advance(10 * MINUTE)
    expect(await headOf(scene)).toMatchObject({ state: 'asked', timer: { resends: 2 } })
    await scene.stop()
  })
})

/** Rows that the store has handed out since. */
function countRows(store: FakeStore): () => number {
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error('the store cannot be asked for due sagas')
  let rows = 0
  const counted =
    <A extends unknown[]>(ask: (...asked: A) => Promise<readonly Loaded[]>) =>
    async (...asked: A) => {
      const found = await ask(...asked)
      rows += found.length
      return found
    }
  const findDue = counted(recovery.findDue.bind(recovery))
  const findOwing = recovery.findOwing && counted(recovery.findOwing.bind(recovery))
  const loads = store.loads
  Object.assign(recovery, { findDue, findOwing })
  return () => rows + store.loads - loads
}

/** Saves a saga whose first command is due at an instant, by the clock of another process. */
async function owing(store: FakeStore, id: SagaId, due: Instant): Promise<void> {
  const { change, next } = birth({ id })
  const [debt] = next.owed
  if (debt === undefined) throw new Error('the saga owes nothing')
  const owed = [{ ...debt, channel: 'reservations', due }]
  await store.save(change, { ...next, state: 'asked', owed, due }, 'absent')
}

/** Saves sagas that wait in `asked` for nothing but their event. They have no history: a look reads heads. */
async function fill(store: Persistency, count: number, deadline: Instant, name = 's'): Promise<void> {
  const timer = { step: 0, deadline, resends: 0, event: 'silence' }
  const head = { ...birth({ id: name }).next, state: 'asked', owed: [], timer, due: deadline }
  for (let at = 0; at < count; at++) {
    const id = `${name}${at}`
    await store.save({ sagaId: id, writeId: id, at: 0 }, { ...head, id }, 'absent')
  }
}
