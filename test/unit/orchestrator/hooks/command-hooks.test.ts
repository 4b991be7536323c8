import { describe, expect, test } from 'vitest'
import { encodeCommand, encodeValue } from '../../../../src/codec/message.ts'
import { mergeWithHook } from '../../../../src/engine/merge-with-hook.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { CommandHook, CommandHookInput } from '../../../../src/machine/hook.ts'
import { HookWatch } from '../../../../src/orchestrator/hooks/hook-watch.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'
import type { StageOptions } from '../stage.ts'

const hook = (content: string) => ({ type: 'file', content }) as const

/** `paying` sends a plain command, `shipping` has a hook on its command and on the second of three side effects. */
const DEFINITION: MachineDefinition = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      businessStateId: 1,
      outputCommand: { label: 'pay', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'shipping', businessEventId: 2 }],
    },
    {
      id: 'shipping',
      isFinal: false,
      outputCommand: { label: 'ship', channel: 'reservations', hook: hook('ship') },
      sideEffects: [
        { label: 'plain', channel: 'other' },
        { label: 'mail', channel: 'other', hook: hook('mail') },
        { label: 'last', channel: 'other' },
      ],
      outgoingTransitions: [{ inputEvent: 'again', targetState: 'shipping' }],
    },
  ],
  businessStates: [{ id: 1, description: 'open' }],
  businessEvents: [{ id: 2 }],
}
const CREATED_HOOKED: MachineDefinition = { ...DEFINITION, initialState: 'shipping' }

function staged(hooks: Record<string, CommandHook>, options: StageOptions = {}) {
  const one = stage({
    definition: DEFINITION,
    ...options,
    hooks: { ship: () => ({ payload: 1 }), mail: () => ({ payload: 2 }), ...hooks },
  })
  one.other.always(DELIVERED)
  return one
}

describe('a command hook', () => {
  test('C2.7 C5 gets the whole document after the step, and the label; its payload is the whole message', async () => {
    const seen: CommandHookInput[] = []
    const { create, tell, settle, channel } = staged({
      ship: (input) => {
        seen.push(input)
        return { payload: { only: 'this' } }
      },
    })
    await create()
    channel.answer('s1/0/0')
    await tell('paid')
    await settle()
    const timestamp = expect.stringMatching(/^\d{4}-.*Z$/)
    expect(seen).toStrictEqual([
      {
        messageLabel: 'ship',
        saga: {
          sagaId: 's1',
          associatedEntityId: 'e',
          currentState: 'shipping',
          latestEvent: 'paid',
          isFinal: false,
          metadata: { n: 0, paid: true },
          history: {
            states: [
              { state: 'paying', timestamp, businessStateId: 1, businessStateDescription: 'open' },
              { state: 'shipping', timestamp },
            ],
            events: [
              { event: '__created__', timestamp },
              { event: 'paid', timestamp, businessEventId: 2 },
            ],
          },
        },
      },
    ])
    const [, command] = channel.begun
    expect(command === undefined ? '' : [encodeCommand(command), encodeValue(command)]).toEqual([
      '{"only":"this"}',
      '{"only":"this"}',
    ])
  })

  test('C2.7 of the initial state sees the creation, without a read', async () => {
    const seen: unknown[] = []
    const ship: CommandHook = ({ saga }) => (seen.push(saga['history']), { payload: null })
    const { create, settle, channel, store } = staged({ ship }, { definition: CREATED_HOOKED })
    await create()
    await settle()
    expect(seen).toMatchObject([{ states: [{ state: 'shipping' }], events: [{ event: '__created__' }] }])
    expect(channel.begun.map(encodeCommand)).toEqual(['null'])
    expect([store.loads, store.documents]).toEqual([0, 0])
  })

  test('C2.7 costs one read of the document; a step without hooks costs none', async () => {
    const { create, tell, store } = staged({})
    await create()
    expect(store.documents).toBe(0)
    await tell('paid')
    expect([store.loads, store.documents]).toEqual([0, 1])
  })

  test('C2.7 that changes its input changes nothing of the saga, nor of what the next hook sees', async () => {
    const seen: unknown[] = []
    const { create, tell, store } = staged({
      ship: ({ saga }) => {
        Object.assign(saga['metadata'] as object, { n: 'changed' })
        ;(saga['history'] as { states: unknown[] }).states.length = 0
        return { payload: saga }
      },
      mail: ({ saga }) => (seen.push(saga['metadata']), { payload: 1 }),
    })
    await create()
    await tell('paid')
    expect(seen).toEqual([{ n: 0, paid: true }])
    expect((await store.load('s1'))?.saga.metadata).toEqual({ n: 0, paid: true })
    expect((await store.document('s1'))?.history.states).toHaveLength(2)
  })

  test('I7 P5 runs once: a repeat has the same bytes, after later steps and a restart too', async () => {
    let runs = 0
    const ship: CommandHook = ({ saga }) => ({
      payload: { run: ++runs, ['__proto__x']: 'ü\uD800', m: saga['metadata'] },
    })
    const { orchestrator, create, tell, runtime, channel, store, stop } = staged({ ship })
    orchestrator.start()
    await create()
    channel.answer('s1/0/0')
    await tell('paid')
    channel.answer('s1/1/0', BUSY)
    await runtime.advance(2_000)
    await tell('again', 'second')
    channel.always(BUSY)
    await runtime.advance(70_000)
    const bodies = channel.begun.filter(({ id }) => id === 's1/1/0').map(encodeCommand)
    expect(bodies.length).toBeGreaterThan(2)
    expect(new Set(bodies)).toEqual(new Set(['{"run":1,"__proto__x":"ü\\ud800","m":{"n":0,"paid":true}}']))
    const stored = JSON.parse(JSON.stringify((await store.load('s1'))?.saga.owed)) as {
      id: string
      body: string
      payload?: unknown
    }[]
    expect(stored.map(({ id, body, payload }) => [id, JSON.parse(body).run, payload])).toEqual([
      ['s1/1/0', 1, undefined],
      ['s1/2/0', 2, undefined],
    ])
    expect(runs).toBe(2)
    await stop()
  })

  test('P6 a write of unknown fate is repeated with the same message; after a conflict the hook runs anew', async () => {
    let runs = 0
    const store = fakeStore()
    const { create, tell, channel, settle } = staged({ ship: () => ({ payload: ++runs }) }, { store })
    await create()
    store.trouble('before', 'after')
    expect(await tell('paid')).toMatchObject({ kind: 'moved' })
    expect(runs).toBe(1)
    expect(new Set(store.saves.slice(1).map(({ step }) => step?.owes[0]?.body))).toEqual(new Set(['1']))
    store.trouble('conflict')
    expect(await tell('again')).toMatchObject({ kind: 'moved' })
    expect(runs).toBe(3)
    channel.always(DELIVERED)
    await settle()
    expect(channel.begun.map(encodeCommand).slice(1)).toEqual(['1', '3'])
  })

  test('C2.7 a head that another writer has moved is decided again: the hook sees the whole history', async () => {
    const store = fakeStore()
    const seen: unknown[] = []
    const ship: CommandHook = ({ saga }) => (
      seen.push((saga['history'] as { events: unknown[] }).events.length),
      { payload: 1 }
    )
    const mine = staged({ ship }, { store, definition: CREATED_HOOKED })
    const theirs = staged({}, { store, definition: CREATED_HOOKED, runtime: simulatedRuntime(2) })
    await mine.create()
    await theirs.tell('again', 'theirs') // moves the saga; the head that `mine` has cached is old
    expect(await mine.tell('again', 'mine')).toMatchObject({ kind: 'moved' })
    expect(seen).toEqual([1, 3]) // it did not run on the old head
  })
})

/** A hook that fails, and the reason. */
const FAILING: readonly (readonly [title: string, run: CommandHook, why: string])[] = [
  [
    'throws',
    () => {
      throw new Error('no price')
    },
    'no price',
  ],
  [
    'throws what has no text',
    () => {
      throw Object.create(null)
    },
    'a value without text was thrown',
  ],
  ['answers a promise', async () => ({ payload: 1 }), 'found a promise, expected plain JSON data'],
  [
    'answers a promise that rejects',
    async () => {
      throw new Error('late')
    },
    'found a promise, expected plain JSON data',
  ],
  ['answers a promise as payload', () => ({ payload: Promise.resolve(1) }), 'found a promise at "payload", expected'],
  ['answers nothing', () => undefined, 'found nothing, expected plain JSON data'],
  ['answers no payload', () => ({ payloads: 1 }), 'found no "payload" in the answer, expected { payload }'],
  ['answers null', () => null, 'found no "payload" in the answer, expected { payload }'],
  ['answers a function', () => ({ payload: { a: [() => 1] } }), 'found a function at "payload.a.0", expected'],
  ['answers a BigInt', () => ({ payload: 1n }), 'found a bigint at "payload", expected'],
  ['answers a Map', () => ({ payload: new Map() }), 'found an instance of Map at "payload", expected'],
  [
    'answers a cycle',
    ({ saga }) => ({ payload: Object.assign(saga, { saga }) }),
    'found a cycle at "payload.saga", expected',
  ],
  ['answers 10 MB', () => ({ payload: 'x'.repeat(10_000_000) }), 'found more than 1000000 characters of JSON'],
  [
    'answers too many bytes',
    () => ({ payload: 'ü'.repeat(600_000) }),
    'the payload has 1200002 bytes, expected at most 1000000',
  ],
  [
    'recurses without end',
    function endless(): unknown {
      return [endless()]
    },
    'Maximum call stack size exceeded',
  ],
]

describe('a command hook that fails', () => {
  test.each(FAILING)(
    'P5 %s: a dead letter is saved with the step, logged and counted; the saga moved',
    async (_, ship, why) => {
      const { create, tell, store, channel, metrics, runtime, settle } = staged({ ship }, { maxSagaSize: 1_000_000 })
      await create()
      channel.answer('s1/0/0')
      expect(await tell('paid')).toMatchObject({ kind: 'moved', state: 'shipping' })
      await settle()
      const letter = {
        id: 's1/1/0',
        label: 'ship',
        channel: 'reservations',
        payload: { n: 0, paid: true },
        hookFailed: true,
        attempts: 0,
      }
      const { saga } = (await store.load('s1')) ?? {}
      expect(saga?.deadLetters).toMatchObject([
        { ...letter, why: expect.stringContaining(`run the command hook: ${why}`) },
      ])
      expect(saga?.owed.filter(({ id }) => id === 's1/1/0')).toEqual([])
      expect((await store.document('s1'))?.deadLetters).toMatchObject([
        { kind: 'command', label: 'ship', payload: letter.payload },
      ])
      expect(channel.ids).toEqual(['s1/0/0'])
      expect(metrics.times('count hook-failed')).toBe(1)
      const lines = runtime.logged.filter(({ code }) => code === 'command.hook-failed')
      expect(lines).toMatchObject([
        { fields: { saga: 's1', state: 'shipping', label: 'ship', why: expect.stringContaining(why) } },
      ])
    },
  )

  test('P5 it is told once, when its dead letter is saved: a conflict decides anew', async () => {
    const hooks = {
      ship: () => {
        throw new Error('no scales')
      },
    }
    const { create, tell, store, runtime, metrics } = staged(hooks)
    const told = () => runtime.logged.filter(({ code }) => code === 'command.hook-failed')
    await create()
    store.trouble('conflict', 'conflict')
    const saving = store.save.bind(store)
    store.save = (...given) => {
      expect(told()).toEqual([])
      return saving(...given)
    }
    await tell('paid')
    expect([told().length, metrics.times('count hook-failed')]).toEqual([1, 1])
  })

  test('P5 of a side effect: that one is not sent, the others and the command are', async () => {
    const { create, tell, store, channel, other, metrics, runtime, settle } = staged({
      mail: () => {
        throw new Error('no address')
      },
    })
    await create()
    channel.answer('s1/0/0')
    await tell('paid')
    await settle()
    expect(other.begun.map(({ id, label }) => [id, label])).toEqual([
      ['s1/1/1', 'plain'],
      ['s1/1/3', 'last'],
    ])
    expect(channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    expect((await store.load('s1'))?.saga.deadLetters).toEqual([])
    expect(metrics.times('count hook-failed')).toBe(1)
    expect(runtime.logged.map(({ code }) => code)).toContain('side-effect.hook-failed')
  })
})

test('P5 a merge hook that throws refuses the event: nothing is written or sent', async () => {
  const merge = mergeWithHook(() => {
    throw new Error('no such room')
  }, 1_000)
  const { create, tell, store, channel } = staged({}, { merge })
  await create()
  const outcome = await tell('paid')
  expect(outcome).toMatchObject({ kind: 'refused', why: 'merge the payload: no such room' })
  expect(store.saves).toHaveLength(1)
  expect(channel.ids).toEqual(['s1/0/0'])
})

test('C2.7 a slow hook is counted each time, and logged like an incident', () => {
  let now = 0
  const runtime = simulatedRuntime()
  const metrics = fakeMetrics()
  const watch = new HookWatch({ runtime: { monotonic: () => now }, metrics, incidents: new Incidents(runtime) })
  for (const milliseconds of [49, 80, 90]) {
    expect(watch.run('shipping/ship', () => ((now += milliseconds), 'made'))).toBe('made')
  }
  const broken = () =>
    watch.run('shipping/ship', () => {
      now += 50
      throw new Error('late')
    })
  expect(broken).toThrow('late')
  expect(metrics.times('count hook-slow')).toBe(3)
  const slow = runtime.logged.filter(({ level }) => level === 'warn')
  expect(slow).toMatchObject([{ code: 'hook.slow', fields: { hook: 'shipping/ship', milliseconds: 80 } }])
})
