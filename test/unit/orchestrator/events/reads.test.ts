import { describe, expect, test, vi } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'

describe('reads', () => {
  test('P9 the happy path is one write and no read an event', async () => {
    const { create, tell, store } = stage()
    await create()
    await tell('validationOK')
    await tell('checkOK')
    expect(store.saves).toHaveLength(3)
    expect(store.loads).toBe(0)
    expect(store.asked).toEqual([])
  })

  test('P9 an outcome other than moved is confirmed on a fresh head', async () => {
    const store = fakeStore()
    const slow = stage({ store })
    const fast = stage({ store, runtime: simulatedRuntime(2) }) // of two hosts the chances differ
    await slow.create()
    await fast.tell('validationOK') // slow still remembers the saga in its first state
    expect(await slow.tell('checkOK')).toMatchObject({ kind: 'moved', state: 'reservationConfirmed' })
  })

  test('P2 P21 a stale head costs one conflict and is read again, never overwritten', async () => {
    const store = fakeStore()
    const slow = stage({ store })
    const fast = stage({ store, runtime: simulatedRuntime(2) }) // of two hosts the chances differ
    await slow.create()
    await fast.tell('validationOK')
    expect(await slow.tell('validationKO')).toMatchObject({ kind: 'unexpected', state: 'reservationValidated' })
    const document = await store.document('s1')
    expect(document?.history.events.map(({ event }) => event)).toEqual(['__created__', 'validationOK'])
  })

  test('P21 conflicts are retried until the deadline, then the answer is unavailable', async () => {
    const { create, tell, store } = stage()
    await create()
    store.trouble(...Array<'conflict'>(5_000).fill('conflict'))
    expect(await tell('validationOK')).toMatchObject({ kind: 'unavailable' })
  })

  test('C4.4 an event for a saga that does not exist', async () => {
    const { tell, store } = stage()
    expect(await tell('validationOK')).toEqual({ kind: 'unknown-saga', sagaId: 's1' })
    expect(store.saves).toEqual([])
  })

  test.each([
    ['validationOK', 'conflict'],
    ['checkOK', undefined],
  ] as const)('I1 a store that has lost a saga under way is told of in the log: %s', async (label, trouble) => {
    const { create, tell, store, runtime } = stage()
    await create()
    vi.spyOn(store, 'load').mockResolvedValue(undefined)
    if (trouble !== undefined) store.trouble(trouble)
    expect(await tell(label)).toEqual({ kind: 'unknown-saga', sagaId: 's1' })
    expect(runtime.logged.filter(({ level }) => level === 'error')).toMatchObject([
      { code: 'saga.lost', fields: { saga: 's1' } },
    ])
  })

  test('C4.4 a final saga that is gone is not logged: it may have been removed', async () => {
    const { create, tell, store, runtime } = stage()
    await create()
    await tell('validationKO')
    vi.spyOn(store, 'load').mockResolvedValue(undefined)
    expect(await tell('checkOK')).toMatchObject({ kind: 'unknown-saga' })
    expect(runtime.logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('I4 a repeat is a duplicate in every later state', async () => {
    const { create, tell, metrics } = stage({ unexpectedEvents: 'reject' })
    await create()
    await tell('validationOK')
    await tell('checkOK')
    expect(await tell('validationOK')).toEqual({ kind: 'duplicate', sagaId: 's1', state: 'reservationConfirmed' })
    expect(metrics.times('event duplicate')).toBe(1)
  })

  test('C4.3 an unexpected event writes nothing, sends nothing, is logged as an error', async () => {
    const { create, tell, store, channel, runtime } = stage()
    await create()
    const { saves } = store
    const before = saves.length
    expect(await tell('checkOK')).toMatchObject({
      kind: 'unexpected',
      reject: false,
      expected: ['validationOK', 'validationKO'],
    })
    expect(saves).toHaveLength(before)
    expect(channel.begun).toHaveLength(1)
    expect(runtime.logged.at(-1)).toMatchObject({ level: 'error' })
  })

  test('P11 a saga whose state this machine lacks is stranded', async () => {
    const store = fakeStore()
    const old = stage({ store })
    await old.create()
    const definition = { initialState: 'a', states: [{ id: 'a', isFinal: true }] }
    const { tell } = stage({ store, definition })
    expect(await tell('validationOK')).toEqual({ kind: 'stranded', sagaId: 's1', state: 'reservationCreated' })
  })

  test('C4.6 I5 two events of one saga at once take effect in order', async () => {
    const { create, tell } = stage({ store: fakeStore(timelessMemory()) })
    await create()
    const outcomes = await Promise.all([tell('validationOK'), tell('checkOK')])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['moved', 'moved'])
  })
})
