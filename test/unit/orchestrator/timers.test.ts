import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import type { Loaded, Persistency } from '../../../src/ports/persistency.ts'
import { DELIVERED, SILENT } from '../../fakes/channel.ts'
import { fakeStore } from '../../fakes/store.ts'
import type { FakeStore } from '../../fakes/store.ts'
import { timelessMemory } from '../../fakes/timeless-memory.ts'
import { birth } from '../../../testing/contract/build.ts'
import { passing, stage } from './stage.ts'
import type { Stage, StageOptions } from './stage.ts'

const MINUTE = 60_000
/** A sweep looks once a second. */
const LOOK = DEFAULTS.sweep + 10

/** `asked` resends its command twice, then gives up; `giving up` must end within an hour, and begins anew. */
const DEFINITION: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'reservations' },
      timeout: { after: 'PT1M', resend: 2, event: 'silence' },
      outgoingTransitions: [
        { inputEvent: 'answered', targetState: 'done' },
        { inputEvent: 'again', targetState: 'asked' },
        { inputEvent: 'silence', targetState: 'giving up' },
      ],
    },
    {
      id: 'giving up',
      isFinal: false,
      outputCommand: { label: 'undo', channel: 'other' },
      timeout: { after: 'PT1H', event: 'hopeless' },
      outgoingTransitions: [
        { inputEvent: 'undone', targetState: 'done' },
        { inputEvent: 'hopeless', targetState: 'asked' },
      ],
    },
    { id: 'done', isFinal: true },
  ],
}

/** `asked` is left after twenty seconds, between two full scans. */
const LEAVING: MachineDefinition = {
  initialState: 'asked',
  states: [
    {
      id: 'asked',
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'reservations' },
      timeout: { after: 'PT20S', event: 'silence' },
      outgoingTransitions: [{ inputEvent: 'silence', targetState: 'left' }],
    },
    { id: 'left', isFinal: true },
  ],
}

const STORES = [
  ['shared', () => fakeStore(timelessMemory({ shared: true }))],
  ['not shared', () => fakeStore()],
] as const

/** A running process whose participants accept every command. */
async function running(options: StageOptions = {}): Promise<Stage> {
  const scene = stage({ definition: DEFINITION, ...options })
  scene.channel.always(DELIVERED)
  scene.other.always(DELIVERED)
  scene.orchestrator.start()
  await scene.settle()
  return scene
}

async function headOf({ store }: Stage, id: SagaId = 's1') {
  const loaded = await store.load(id)
  if (loaded === undefined) throw new Error(`there is no saga "${id}"`)
  return loaded.saga
}

async function eventsOf(store: FakeStore, id: SagaId = 's1'): Promise<readonly (readonly [string, string])[]> {
  const document = await store.document(id)
  return (document?.history.events ?? []).map(({ event, id: eventId }) => [event, eventId] as const)
}

describe.each(STORES)('timers; store %s', (_, open) => {
  test('P18 the command is sent again under its key, then the event fires once, with the id of its step', async () => {
    const scene = await running({ store: open() })
    await scene.create()
    await scene.runtime.advance(MINUTE + LOOK)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    await scene.runtime.advance(MINUTE + LOOK)
    expect(scene.channel.ids).toHaveLength(3)
    expect(new Set(scene.channel.begun.map((command) => JSON.stringify(command))).size).toBe(1)
    expect(await headOf(scene)).toMatchObject({ state: 'asked', timer: { step: 0, resends: 0, event: 'silence' } })
    await scene.runtime.advance(MINUTE + LOOK)
    expect(await eventsOf(scene.store)).toEqual([
      ['__created__', expect.any(String)],
      ['silence', 'timer/0'],
    ])
    expect(scene.other.ids).toEqual(['s1/1/0'])
    expect(scene.channel.ids).toHaveLength(3)
    await scene.runtime.advance(10 * MINUTE)
    expect(await eventsOf(scene.store)).toHaveLength(2)
    await scene.stop()
  })

  test('P18 P2 a resend that another writer was faster than is not counted', async () => {
    const scene = await running({ store: open() })
    await scene.create()
    await scene.runtime.advance(MINUTE - 100)
    scene.store.trouble('conflict')
    await scene.runtime.advance(100 + 2 * LOOK)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    expect(scene.metrics.times('count timer-resent')).toBe(1)
    expect(scene.runtime.logged.filter(({ code }) => code === 'timer.resent')).toHaveLength(1)
    await scene.stop()
  })

  test('P18 leaving the state disarms the timer, entering it again arms it anew', async () => {
    const scene = await running({ store: open() })
    await scene.create()
    await scene.runtime.advance(50_000)
    await scene.tell('again')
    expect((await headOf(scene)).timer?.step).toBe(1)
    await scene.runtime.advance(50_000)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    await scene.runtime.advance(10_000 + LOOK)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/1/0', 's1/1/0'])
    await scene.tell('answered')
    await scene.runtime.advance(60 * MINUTE)
    expect(scene.channel.ids).toHaveLength(3)
    expect((await headOf(scene)).timer).toBeUndefined()
    await scene.stop()
  })

  test('P18 I9 the deadline is absolute: a process that was away for it fires at once after its start', async () => {
    const store = open()
    const dead = await running({ store })
    await dead.create()
    await dead.runtime.advance(2 * MINUTE + 2 * LOOK)
    await dead.stop()
    await dead.runtime.advance(30 * MINUTE)
    expect(await eventsOf(store)).toHaveLength(1)
    const back = await running({ store, runtime: dead.runtime })
    await back.runtime.advance(LOOK)
    expect(await eventsOf(store)).toEqual([
      ['__created__', expect.any(String)],
      ['silence', 'timer/0'],
    ])
    await back.stop()
  })

  test('P18 P25 I7 a saga that begins later and is patched before sends its command again under its key', async () => {
    const scene = await running({ store: open() })
    const notBefore = scene.runtime.wallClock() + MINUTE
    await scene.orchestrator.create({ id: 's1', entity: 'e', metadata: { n: 0 }, notBefore })
    const action = { kind: 'patch-metadata', metadata: { n: 1 } } as const
    await scene.orchestrator.operate({ sagaId: 's1', id: 'o', operator: 'zoe', reason: 'wrong', action })
    await scene.runtime.advance(MINUTE + LOOK)
    expect(scene.channel.ids).toEqual(['s1/0/0'])
    await scene.runtime.advance(MINUTE + LOOK)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    await scene.stop()
  })

  test('P18 P26 a deadline that passed during a hold is carried out right after the release', async () => {
    const scene = await running({ store: open() })
    await scene.create()
    const operation = { sagaId: 's1', operator: 'zoe', reason: 'an incident' } as const
    const operate = (kind: 'hold' | 'release') =>
      passing(scene.runtime, scene.orchestrator.operate({ ...operation, id: `key/${kind}`, action: { kind } }))
    await operate('hold')
    await scene.runtime.advance(MINUTE + 20_000)
    expect(scene.channel.ids).toHaveLength(1)
    await operate('release')
    await scene.runtime.advance(2 * LOOK)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    await scene.stop()
  })

  test('P18 a command that its participant never answered is not sent twice at the deadline', async () => {
    const scene = await running({ store: open() })
    scene.channel.always(undefined)
    await scene.create()
    await scene.runtime.advance(MINUTE + LOOK)
    expect(scene.channel.open).toBe(1)
    expect((await headOf(scene)).timer?.resends).toBe(1)
    await scene.stop()
  })

  test('P18 one in backoff is sent at the deadline, and stays one debt', async () => {
    const scene = await running({ store: open() })
    scene.channel.always(SILENT)
    await scene.create()
    await scene.runtime.advance(MINUTE - 100)
    const sends = scene.channel.ids.length
    await scene.runtime.advance(LOOK + 100)
    expect(scene.channel.ids.length).toBeGreaterThan(sends)
    expect((await headOf(scene)).owed).toHaveLength(1)
    scene.channel.always(DELIVERED)
    await scene.stop()
  })

  test('P18 I9 commands that wait for a silent participant hide no deadline behind them', async () => {
    const scene = await running({ store: open(), definition: LEAVING })
    scene.channel.always(SILENT)
    const ids = Array.from({ length: 40 }, (_, at) => `s${at}`)
    for (const id of ids) await scene.create(id)
    await scene.runtime.advance(20_000 + 2 * LOOK)
    const heads = await Promise.all(ids.map((id) => headOf(scene, id)))
    expect(new Set(heads.map(({ state }) => state))).toEqual(new Set(['left']))
    await scene.stop()
  })

  test('P18 P2 an answer that comes with the deadline wins or loses, never both', async () => {
    const scene = await running({ store: open() })
    await scene.create()
    await scene.runtime.advance(2 * (MINUTE + LOOK))
    const { timer } = await headOf(scene)
    const wait = (timer?.deadline ?? 0) - scene.runtime.wallClock()
    await scene.runtime.advance(wait - 1)
    const told = scene.tell('answered')
    await scene.runtime.advance(LOOK)
    expect((await told).kind).toBe('moved')
    expect(await eventsOf(scene.store)).toEqual([
      ['__created__', expect.any(String)],
      ['answered', 'key/answered'],
    ])
    await scene.stop()
  })
})

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
    const store = fakeStore()
    const scene = await running({ store })
    await fill(store, 100_000, scene.runtime.wallClock() + 50_000)
    await fill(store, 3, scene.runtime.wallClock() + 10_000, 'due')
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

/** Saves sagas that wait in `asked` for nothing but their event. */
async function fill(store: FakeStore, count: number, deadline: Instant, name = 's'): Promise<void> {
  const timer = { step: 0, deadline, resends: 0, event: 'silence' }
  const { change, next } = birth({ id: name })
  const step = change.step && { ...change.step, owes: [] }
  const head = { ...next, state: 'asked', owed: [], timer, due: deadline }
  for (let at = 0; at < count; at++) {
    const id = `${name}${at}`
    const made = { ...change, sagaId: id, writeId: id, step: step && { ...step, sagaId: id } }
    await store.save(made, { ...head, id }, 'absent')
  }
}

test('P10 P12 P18 the mark of a file that was opened hides no deadline of a saga with parked events', async () => {
  const memory = timelessMemory()
  const dead = await running({ store: fakeStore(memory), definition: LEAVING, unexpectedEvents: 'park' })
  await dead.create()
  await dead.tell('early')
  await dead.runtime.advance(5_000)
  await dead.stop()
  const next = await running({ store: fakeStore(marked(memory)), definition: LEAVING, runtime: dead.runtime })
  await next.runtime.advance(20_000)
  expect(await headOf(next)).toMatchObject({ state: 'left', latestEvent: 'silence' })
  await next.stop()
})

/** The saga `s1` is due at 0 in the order of this store, as sqlite marks sagas with parked events when it opens: only the first look finds it. */
function marked(store: Persistency): Persistency {
  let looks = 0
  const findDue = async (): Promise<readonly Loaded[]> => {
    const loaded = looks++ === 0 ? await store.load('s1') : undefined
    return loaded === undefined ? [] : [{ ...loaded, saga: { ...loaded.saga, due: 0 } }]
  }
  const can = { ...store.can, recovery: { by: 'sweep', findDue } as const }
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = name === 'can' ? can : Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
