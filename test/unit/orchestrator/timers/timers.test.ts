import { describe, expect, test } from 'vitest'
import { DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing } from '../stage.ts'
import { BRISK, LEAVING, LOOK, MINUTE, eventsOf, headOf, running } from './timer-stage.ts'

const STORES = [
  ['shared', () => fakeStore(timelessMemory({ shared: true }))],
  ['not shared', () => fakeStore()],
] as const

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

  test('P6 P18 a resend whose write landed without an answer is sent: the delivery before it does not settle it', async () => {
    const scene = await running({ store: open(), definition: BRISK })
    await scene.create()
    expect(scene.channel.ids).toEqual(['s1/0/0'])
    scene.store.trouble('after')
    await scene.runtime.advance(MINUTE)
    expect(scene.channel.ids).toEqual(['s1/0/0', 's1/0/0'])
    expect((await headOf(scene)).owed).toEqual([])
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
