import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/engine/change.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { pathProblems } from '../../../testing/checker/path.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { fakeChannel } from '../../fakes/channel.ts'
import { fakeStore } from '../../fakes/store.ts'
import type { FakeStore } from '../../fakes/store.ts'
import { stage } from './stage.ts'
import type { Stage } from './stage.ts'

const NAMES = ['a', 'b', 'c', 'd', 'end']
/** a → b → c → d → end, each by the event `to-` and the name; each but the last sends a command. */
const LINE: MachineDefinition = {
  initialState: 'a',
  creationEvent: 'made',
  states: NAMES.map((id, at) => ({
    id,
    isFinal: id === 'end',
    ...(id !== 'end' && { outputCommand: { label: `do-${id}`, channel: 'reservations' } }),
    outgoingTransitions: NAMES.slice(at + 1, at + 2).map((next) => ({ inputEvent: `to-${next}`, targetState: next })),
  })),
}

async function park(options: Parameters<typeof stage>[0] = {}) {
  const channel = fakeChannel('reservations')
  channel.always({ kind: 'delivered' })
  const world = stage({ definition: LINE, unexpectedEvents: 'park', channel, ...options })
  await world.create()
  const labels = async () => (await world.store.document('s1'))?.history.events.map(({ event }) => event)
  return { ...world, labels }
}

/** The store cannot be reached from the end of this write on: its process is as good as dead. */
function diesAfter(store: FakeStore, isLast: (change: Change) => boolean): void {
  const save = store.save.bind(store)
  store.save = async (change, ...rest) => {
    const saved = await save(change, ...rest)
    if (isLast(change)) store.down()
    return saved
  }
}

async function stateOf(store: FakeStore): Promise<string | undefined> {
  return (await store.load('s1'))?.saga.state
}

describe('parking', () => {
  test('P10 an early event is parked once, and taken after the move that it waited for', async () => {
    const { tell, store, labels, settle } = await park()
    expect(await tell('to-c', 'early')).toEqual({ kind: 'parked', sagaId: 's1', state: 'a' })
    const writes = store.saves.length
    expect(await tell('to-c', 'early')).toEqual({ kind: 'parked', sagaId: 's1', state: 'a' })
    expect(store.saves).toHaveLength(writes)
    expect(await tell('to-b')).toEqual({ kind: 'moved', sagaId: 's1', state: 'b' })
    await settle()
    expect(await labels()).toEqual(['made', 'to-b', 'to-c'])
    expect((await store.document('s1'))?.parked).toBeUndefined()
    expect(await tell('to-c', 'early')).toMatchObject({ kind: 'duplicate' })
  })

  test('P10 C7 an event that no state lists is parked with a warning, which has the events of the state', async () => {
    const { tell, runtime } = await park()
    for (const label of ['to-c', 'to-bb']) expect(await tell(label)).toMatchObject({ kind: 'parked' })
    const lines = runtime.logged.filter(({ code }) => /^event\.(?:parked|unlisted)$/.test(code))
    expect(lines.map(({ level, code, fields }) => [level, code, fields?.['label']])).toEqual([
      ['debug', 'event.parked', 'to-c'],
      ['warn', 'event.unlisted', 'to-bb'],
    ])
    expect(lines[1]?.fields).toMatchObject({ saga: 's1', state: 'a', expected: ['to-b'] })
  })

  test('P10 P30 several in a row are taken in one turn, one write each, and the rest is dropped at the end', async () => {
    const { tell, store, labels, settle, channel, metrics, runtime } = await park()
    for (const label of ['to-end', 'to-d', 'never', 'to-c']) expect(await tell(label)).toMatchObject({ kind: 'parked' })
    const before = store.saves.length
    await tell('to-b')
    await settle()
    expect(await labels()).toEqual(['made', 'to-b', 'to-c', 'to-d', 'to-end'])
    expect(store.saves.slice(before).filter(({ step }) => step !== undefined)).toHaveLength(4)
    expect(channel.begun.map(({ label }) => label)).toEqual(['do-a', 'do-b', 'do-c', 'do-d'])
    expect((await store.document('s1'))?.parked).toBeUndefined()
    expect(metrics.times('count parked-taken')).toBe(3)
    expect(metrics.times('count parked-dropped')).toBe(1)
    expect(runtime.logged).toContainEqual(
      expect.objectContaining({ code: 'event.dropped', fields: expect.objectContaining({ labels: ['never'] }) }),
    )
  })

  test('P21 an event that fits by the time of the conflict is applied, not parked', async () => {
    const store = fakeStore()
    const slow = await park({ store })
    const fast = stage({ definition: LINE, store, runtime: simulatedRuntime(2), unexpectedEvents: 'park' })
    await fast.tell('to-b')
    expect(await slow.tell('to-c')).toMatchObject({ kind: 'moved', state: 'c' })
  })

  test('P10 I9 a process that dies between the move and the offer leaves the event due: the next one offers it', async () => {
    const { tell, store, stop } = await park()
    await tell('to-c')
    diesAfter(store, ({ step }) => step?.event.label === 'to-b')
    await tell('to-b')
    await stop()
    store.mend()
    expect(await stateOf(store)).toBe('b')
    const next = stage({ definition: LINE, store, runtime: simulatedRuntime(2), unexpectedEvents: 'park' })
    next.orchestrator.start()
    await next.runtime.advance(7_000)
    expect(await stateOf(store)).toBe('c')
  })

  test('P10 I9 an event that is refused leaves the next one due', async () => {
    const { orchestrator, tell, store, stop } = await park({ maxSagaSize: 4_000 })
    const payload = { text: 'x'.repeat(1_500) }
    await orchestrator.handle({ id: 'large', sagaId: 's1', label: 'to-c', payload })
    await tell('to-c', 'small')
    diesAfter(store, ({ dead }) => dead !== undefined)
    await orchestrator.handle({ id: 'now', sagaId: 's1', label: 'to-b', payload: { more: 'y'.repeat(3_000) } })
    await stop()
    store.mend()
    const next = stage({ definition: LINE, store, runtime: simulatedRuntime(2), unexpectedEvents: 'park' })
    next.orchestrator.start()
    await next.runtime.advance(7_000)
    expect(await store.document('s1')).toMatchObject({ currentState: 'c', deadLetters: [{ id: 'large' }] })
  })

  test('P10 an expired event is a dead letter, found by the sweep, logged and counted', async () => {
    const { tell, store, runtime, orchestrator, metrics } = await park({ parking: { limit: 3, timeToLive: 60_000 } })
    orchestrator.start()
    await tell('to-d')
    await runtime.advance(62_000)
    const document = await store.document('s1')
    expect(document?.parked).toBeUndefined()
    expect(document?.deadLetters).toMatchObject([{ kind: 'event', id: 'key/to-d', label: 'to-d' }])
    expect(metrics.times('count parked-expired')).toBe(1)
    expect(runtime.logged.filter(({ code }) => code === 'event.expired')).toHaveLength(1)
  })

  test('P10 I4 a parked event that another process had applied before is dropped, and is not taken', async () => {
    const { tell, store, settle, runtime, metrics } = await park()
    await tell('to-c', 'early')
    const save = store.save.bind(store)
    store.save = async (...given) => (given[0].step?.event.id === 'early' ? { kind: 'duplicate' } : save(...given))
    await tell('to-b')
    await settle()
    expect(await store.document('s1')).toMatchObject({ currentState: 'b' })
    expect((await store.document('s1'))?.parked).toBeUndefined()
    expect(metrics.times('count parked-taken')).toBe(0)
    expect(runtime.logged.filter(({ code }) => code === 'event.taken')).toEqual([])
  })

  test('P10 a full saga answers how many it keeps, a repeat is parked all the same, and a final state parks none', async () => {
    const { tell, store } = await park({ parking: { limit: 1, timeToLive: 60_000 } })
    await tell('to-d')
    expect(await tell('never')).toEqual({ kind: 'parking-full', sagaId: 's1', limit: 1 })
    expect(await tell('to-d')).toMatchObject({ kind: 'parked' })
    for (const label of ['to-b', 'to-c', 'to-end']) await tell(label)
    expect((await store.document('s1'))?.isFinal).toBe(true)
    expect(await tell('later')).toMatchObject({ kind: 'unexpected' })
  })

  test('P24 parked events take at most half of the limit', async () => {
    const { orchestrator } = await park({ maxSagaSize: 4_000 })
    const payload = { text: 'x'.repeat(1_500) }
    const told = (id: string) => orchestrator.handle({ id, sagaId: 's1', label: 'to-d', payload })
    expect(await told('1')).toMatchObject({ kind: 'parked' })
    expect(await told('2')).toEqual({ kind: 'too-large', limit: 2_000, part: 'parked' })
  })

  test('P10 a parked event that the store refuses when it is offered is a dead letter, and the saga goes on', async () => {
    const { orchestrator, tell, store, settle } = await park({ maxSagaSize: 4_000 })
    const told = (id: string, label: string, text: string) =>
      orchestrator.handle({ id, sagaId: 's1', label, payload: { [label]: text } })
    await told('early', 'to-c', 'x'.repeat(1_500))
    expect(await told('now', 'to-b', 'y'.repeat(3_000))).toMatchObject({ kind: 'moved' })
    await settle()
    expect(await store.document('s1')).toMatchObject({
      currentState: 'b',
      deadLetters: [{ kind: 'event', id: 'early' }],
    })
    expect(await tell('to-c')).toMatchObject({ kind: 'moved', state: 'c' })
  })
})

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

describe('held sagas', () => {
  test('P26 a held saga parks every event, whatever the setting, and takes them in order when it is released', async () => {
    const { tell, store, labels, orchestrator, settle } = await park({ unexpectedEvents: 'ignore' })
    const operation = { sagaId: 's1', operator: 'zoe', reason: 'a look' } as const
    await orchestrator.operate({ ...operation, id: 'hold', action: { kind: 'hold' } })
    for (const label of ['to-b', 'to-c']) expect(await tell(label)).toMatchObject({ kind: 'parked', state: 'a' })
    await orchestrator.operate({ ...operation, id: 'release', action: { kind: 'release' } })
    await settle()
    expect(await labels()).toEqual(['made', 'to-b', 'to-c'])
    expect((await store.document('s1'))?.parked).toBeUndefined()
  })

  test('P26 the hold of an event that was applied before is no reason to park it again', async () => {
    const { tell, orchestrator } = await park()
    await tell('to-b')
    const operation = { sagaId: 's1', operator: 'zoe', reason: 'a look', id: 'hold' } as const
    await orchestrator.operate({ ...operation, action: { kind: 'hold' } })
    expect(await tell('to-b')).toMatchObject({ kind: 'duplicate' })
  })
})

describe('a later beginning', () => {
  const definition: MachineDefinition = {
    ...LINE,
    states: LINE.states.map((state) =>
      state.id === 'a' ? { ...state, sideEffects: [{ label: 'tell', channel: 'reservations' }] } : state,
    ),
  }

  async function later(machine = definition) {
    const channel = fakeChannel('reservations')
    channel.always({ kind: 'delivered' })
    const world = stage({ definition: machine, channel })
    const notBefore = world.runtime.wallClock() + 3_600_000
    const creation = { id: 's1', entity: 'e', metadata: { n: 1 }, notBefore, headers: { miauserid: 'u' } }
    expect(await world.orchestrator.create(creation)).toMatchObject({ kind: 'created' })
    return { ...world, notBefore }
  }

  test('C4.1 P26 the saga is there at once; command, side effects and parked events follow at the instant', async () => {
    const { tell, store, channel, orchestrator, runtime, notBefore } = await later()
    orchestrator.start()
    const document = await store.document('s1')
    expect(document).toMatchObject({ currentState: 'a', hold: { until: new Date(notBefore).toISOString() } })
    expect(await tell('to-b')).toMatchObject({ kind: 'parked' })
    await runtime.advance(3_590_000)
    expect(channel.begun).toEqual([])
    await runtime.advance(12_000)
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'do-b', 'tell'])
    const told = channel.begun.find(({ label }) => label === 'tell')
    expect(told).toMatchObject({ id: 's1/0/1', payload: { n: 1 }, headers: { miauserid: 'u' } })
    expect(await store.document('s1')).toMatchObject({ currentState: 'b' })
    expect((await store.document('s1'))?.hold).toBeUndefined()
  })

  test('I9 P26 a process that was restarted since begins the saga, once', async () => {
    const { store, stop, channel } = await later()
    await stop()
    const next = stage({ definition, store, channel, runtime: simulatedRuntime(2) })
    next.orchestrator.start()
    await next.runtime.advance(3_605_000)
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'tell'])
  })

  async function operate({ orchestrator }: Stage, kind: 'hold' | 'release', id: string = kind) {
    return orchestrator.operate({ id, sagaId: 's1', operator: 'zoe', reason: 'today', action: { kind } })
  }

  const timed: MachineDefinition = {
    ...definition,
    states: definition.states.map((state) =>
      state.id === 'a' ? { ...state, timeout: { after: 'PT1M', event: 'to-b' } } : state,
    ),
  }

  test('P26 P18 an operator begins it earlier: the time of its state begins then', async () => {
    const world = await later(timed)
    const { channel, settle, store, runtime } = world
    expect(await operate(world, 'release')).toMatchObject({ kind: 'done' })
    await settle()
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'tell'])
    expect((await store.load('s1'))?.saga.timer?.deadline).toBe(runtime.wallClock() + 60_000)
  })

  test('P26 P18 an operator holds it beyond its instant, once: its command has the whole time after the release', async () => {
    const world = await later(timed)
    world.orchestrator.start()
    expect(await operate(world, 'hold', '1')).toMatchObject({ kind: 'done' })
    const why = expect.stringContaining('the saga is held since')
    expect(await operate(world, 'hold', '2')).toMatchObject({ kind: 'refused', why })
    await world.runtime.advance(2 * 3_600_000)
    expect(world.channel.begun).toEqual([])
    await operate(world, 'release')
    await world.runtime.advance(59_000)
    expect(await stateOf(world.store)).toBe('a')
    await world.runtime.advance(3_000)
    expect(await stateOf(world.store)).toBe('b')
  })

  test('I9 P18 a process that was away at its instant begins the time of its state when it sends the command', async () => {
    const { store, stop, channel } = await later(timed)
    await stop()
    const runtime = simulatedRuntime(2)
    await runtime.advance(2 * 3_600_000)
    const next = stage({ definition: timed, store, channel, runtime })
    next.orchestrator.start()
    await runtime.advance(59_000)
    expect(channel.begun.map(({ label }) => label).toSorted()).toEqual(['do-a', 'tell'])
    expect(await stateOf(store)).toBe('a')
  })

  test('C4.1 an instant in the past begins the saga now', async () => {
    const { orchestrator, channel, settle, runtime } = stage({ definition })
    await orchestrator.create({ id: 's1', entity: 'e', metadata: {}, notBefore: runtime.wallClock() })
    await settle()
    expect(channel.begun.map(({ label }) => label)).toEqual(['do-a', 'tell'])
  })
})

test('P10 P17 with recovery by redelivery a move is answered after the commands of the parked event that it lets in', async () => {
  const store = fakeStore()
  Object.assign(store, { can: { ...store.can, recovery: { by: 'redelivery' } } })
  const { tell, channel, orchestrator, runtime } = await park({ store })
  await tell('to-c')
  channel.always(undefined)
  const event = { id: 'key/to-b', sagaId: 's1', label: 'to-b', payload: {} }
  const answers: string[] = []
  void orchestrator.handle(event).then(({ kind }) => answers.push(kind))
  await runtime.advance(0)
  channel.answer('s1/1/0')
  await runtime.advance(0)
  expect([channel.ids.at(-1), answers]).toEqual(['s1/2/0', []])
  channel.answer('s1/2/0')
  await runtime.advance(0)
  expect(answers).toEqual(['moved'])
})
