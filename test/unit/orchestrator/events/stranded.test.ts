import { describe, expect, test } from 'vitest'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { pathProblems } from '../../../../testing/checker/path.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { stage } from '../stage.ts'
import { LINE, park } from './parking-stage.ts'

describe('stranded sagas', () => {
  const former: MachineDefinition = {
    ...LINE,
    states: LINE.states.map((state) => (state.id === 'a' ? { ...state, id: 'old' } : state)),
    initialState: 'old',
  }

  test('P11 the event of a source is parked, and taken by a machine that has the state', async () => {
    const { store } = await park()
    const other = stage({ definition: former, store, runtime: simulatedRuntime(2) })
    const event = { id: 'e', sagaId: 's1', label: 'to-b', payload: {} }
    expect(await other.orchestrator.handle(event)).toMatchObject({ kind: 'stranded' })
    const source = { hasDeadLetters: false }
    expect(await other.orchestrator.handle(event, 1_000, source)).toMatchObject({ kind: 'parked', state: 'a' })
    const knowing = stage({ definition: LINE, store, runtime: simulatedRuntime(3) })
    knowing.orchestrator.start()
    await knowing.runtime.advance(2_000)
    expect(await store.document('s1')).toMatchObject({ currentState: 'b', latestEvent: 'to-b' })
  })

  test('P11 I5 what a source has parked comes before the next event', async () => {
    const { store } = await park()
    const other = stage({ definition: former, store, runtime: simulatedRuntime(2) })
    const source = { hasDeadLetters: false }
    await other.orchestrator.handle({ id: 'e', sagaId: 's1', label: 'to-b', payload: {} }, 1_000, source)
    const knowing = stage({ definition: LINE, store, runtime: simulatedRuntime(3) })
    expect(await knowing.tell('to-c')).toMatchObject({ kind: 'moved', state: 'c' })
  })

  test('P11 P10 without a place of its own for it, the event of a full saga becomes its dead letter, once', async () => {
    const { orchestrator, store } = await park({ parking: { limit: 0, timeToLive: 60_000 } })
    const event = { id: 'e', sagaId: 's1', label: 'to-d', payload: {} }
    expect(await orchestrator.handle(event, 1_000, { hasDeadLetters: true })).toMatchObject({ kind: 'parking-full' })
    for (const _ of [1, 2])
      expect(await orchestrator.handle(event, 1_000, { hasDeadLetters: false })).toMatchObject({ kind: 'parked' })
    expect((await store.document('s1'))?.deadLetters).toHaveLength(1)
  })

  test('P11 a saga gets the new name of its state with its next event, without a command, and history says so', async () => {
    const { store } = await park()
    const movedStates = { a: 'old' }
    const renaming = stage({ definition: former, store, runtime: simulatedRuntime(2), movedStates })
    expect(await renaming.tell('to-b')).toMatchObject({ kind: 'moved', state: 'b' })
    const document = await store.document('s1')
    expect(document?.history.states.map(({ state }) => state)).toEqual(['a', 'old', 'b'])
    expect(document?.history.events[1]).toMatchObject({ event: '__renamed__', renamedFrom: 'a' })
    expect(renaming.channel.begun.map(({ label }) => label)).not.toContain('do-a')
    expect(renaming.metrics.times('count saga-renamed')).toBe(1)
  })

  test('P11 I5 a new name that the store has no room for holds up nothing', async () => {
    const { store } = await park()
    const save = store.save.bind(store)
    const limit = 1
    store.save = async (...given) => (given[0].step?.by ? { kind: 'too-large', limit } : save(...given))
    const renaming = stage({ definition: former, store, runtime: simulatedRuntime(2), movedStates: { a: 'old' } })
    const began = renaming.runtime.monotonic()
    expect(await renaming.tell('to-b')).toMatchObject({ kind: 'stranded', state: 'a' })
    expect(renaming.runtime.monotonic() - began).toBeLessThan(1_000)
  })

  test('I3 P11 a history with a new name of a state is a path of the machine that has the new one', async () => {
    const { store, tell } = await park()
    await tell('to-b')
    const definition: MachineDefinition = JSON.parse(JSON.stringify(LINE).replaceAll('"b"', '"second"'))
    const renaming = stage({ definition, store, runtime: simulatedRuntime(2), movedStates: { b: 'second' } })
    await renaming.tell('to-c')
    const document = await store.document('s1')
    if (document === undefined) throw new Error('there is no saga')
    const { states, events } = document.history
    expect(states.map(({ state }) => state)).toEqual(['a', 'b', 'second', 'c'])
    expect(pathProblems(definition, document)).toEqual([])
    const unmarked = events.map(({ event, timestamp, id, machine }) => ({ event, timestamp, id, machine }))
    expect(pathProblems(definition, { ...document, history: { states, events: unmarked } })).not.toEqual([])
    const elsewhere = events.map((event) => ({ ...event, ...(event.renamedFrom && { renamedFrom: 'a' }) }))
    expect(pathProblems(definition, { ...document, history: { states, events: elsewhere } })).not.toEqual([])
  })
})
