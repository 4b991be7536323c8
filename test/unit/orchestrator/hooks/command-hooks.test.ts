import { describe, expect, test } from 'vitest'
import { encodeCommand, encodeValue } from '../../../../src/codec/message.ts'
import type { CommandHook, CommandHookInput } from '../../../../src/machine/hook.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { CREATED_HOOKED, staged } from './hooks-stage.ts'

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
