import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { BUSY, SILENT, fakeChannel } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { stage } from '../stage.ts'

const owed = async ({ store }: ReturnType<typeof stage>) =>
  ((await store.load('s1'))?.saga.owed ?? []).map(({ id }) => id)

describe('outbox', () => {
  test('P13 a participant that emits before it answers does not deadlock', async () => {
    const { create, tell, channel } = stage()
    await create()
    expect(channel.open).toBe(1) // the command is under way, unanswered
    expect(await tell('validationOK')).toMatchObject({ kind: 'moved' })
  })

  test('P3 a step carries the settlement of a delivered command: no write of its own', async () => {
    const scene = stage()
    await scene.create()
    scene.channel.answer('s1/0/0')
    await scene.settle()
    await scene.tell('validationOK')
    expect(scene.store.saves).toHaveLength(2)
    expect(scene.store.saves[1]?.settled).toEqual(['s1/0/0'])
    expect(await owed(scene)).toEqual(['s1/1/0'])
  })

  test('P3 a step never wipes a command whose send is not known to have succeeded, and its bytes stay', async () => {
    const scene = stage()
    await scene.create()
    await scene.tell('validationOK')
    expect(await owed(scene)).toEqual(['s1/0/0', 's1/1/0'])
    expect((await scene.store.load('s1'))?.saga.owed[0]?.payload).toEqual({ n: 0 })
  })

  test('P3 without another write, a settlement is written by itself within seconds', async () => {
    const scene = stage()
    await scene.create()
    scene.channel.answer('s1/0/0')
    await scene.runtime.advance(2 * DEFAULTS.settle)
    expect(await owed(scene)).toEqual([])
    expect((await scene.store.load('s1'))?.saga.due).toBeUndefined()
  })

  test('P3 a command delivered while a settlement is written is settled by the next one', async () => {
    const scene = stage()
    await scene.create()
    await scene.tell('validationOK')
    scene.channel.answer('s1/0/0')
    scene.store.trouble('before', 'before')
    await scene.runtime.advance(DEFAULTS.settle + 1) // the first settlement is on its way, again and again
    scene.channel.answer('s1/1/0')
    await scene.runtime.advance(3 * DEFAULTS.settle)
    expect(scene.store.saves.flatMap(({ settled = [] }) => settled)).toContain('s1/1/0')
    expect(await owed(scene)).toEqual([])
  })

  test('P15 no answer does not count as an attempt, an answer does; both commands stay owed and are sent again unchanged', async () => {
    const scene = stage()
    scene.orchestrator.start()
    await scene.create()
    scene.channel.answer('s1/0/0', SILENT)
    await scene.settle()
    expect((await scene.store.load('s1'))?.saga.owed).toMatchObject([{ attempts: 0, tried: true }])
    await scene.runtime.advance(1_500)
    scene.channel.answer('s1/0/0', BUSY)
    await scene.settle()
    expect((await scene.store.load('s1'))?.saga.owed).toMatchObject([{ attempts: 1 }])
    await scene.runtime.advance(4_000)
    expect(scene.channel.ids.length).toBeGreaterThanOrEqual(3)
    expect(new Set(scene.channel.ids)).toEqual(new Set(['s1/0/0'])) // I7
    expect(new Set(scene.channel.begun.map(({ payload }) => JSON.stringify(payload))).size).toBe(1) // P5
    await scene.stop()
  })

  test('P15 the backoff doubles up to a minute, and no command is given up', async () => {
    const scene = stage({ channel: fakeChannel('reservations', 1_000) })
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    await scene.create()
    await scene.runtime.advance(60_000)
    const early = scene.channel.begun.length
    expect(early).toBeGreaterThan(5)
    expect(early).toBeLessThan(20)
    await scene.runtime.advance(600_000)
    expect(scene.channel.begun.length - early).toBeLessThan(25)
    expect(scene.channel.begun.length - early).toBeGreaterThan(8)
    expect(await owed(scene)).toEqual(['s1/0/0'])
  })
})

const TWO_CHANNELS = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'pay', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'shipping' }],
    },
    { id: 'shipping', isFinal: false, outputCommand: { label: 'ship', channel: 'other' } },
  ],
}

describe('recovery', () => {
  test('P12 a step is its writer’s lease: another sweeper sends nothing before it ends', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const dead = stage({ store })
    await dead.create()
    const other = stage({ store, runtime: dead.runtime })
    other.orchestrator.start()
    await dead.runtime.advance(dead.channel.timeout + DEFAULTS.leaseMargin - 100)
    expect(other.channel.ids).toEqual([])
    await dead.runtime.advance(DEFAULTS.sweep + 200)
    expect(other.channel.ids).toEqual(['s1/0/0'])
    await other.stop()
  })

  test('P14 of two sweepers one claims and the other skips', async () => {
    const store = fakeStore(timelessMemory({ shared: true }))
    const dead = stage({ store })
    for (let at = 0; at < 20; at++) await dead.create(`s${at}`)
    const sweepers = [stage({ store, runtime: dead.runtime }), stage({ store, runtime: dead.runtime })]
    for (const { orchestrator } of sweepers) orchestrator.start()
    await dead.runtime.advance(dead.channel.timeout + DEFAULTS.leaseMargin + 2 * DEFAULTS.sweep)
    const sent = sweepers.flatMap(({ channel }) => channel.ids)
    expect(new Set(sent).size).toBe(20)
    expect(sent).toHaveLength(20)
    for (const { stop } of sweepers) await stop()
  })

  test('P13 a later command does not overtake an earlier one that this process never began', async () => {
    const store = fakeStore()
    const dead = stage({ store })
    await dead.create()
    const back = stage({ store, runtime: dead.runtime })
    await back.tell('validationOK')
    expect(back.channel.ids).toEqual([]) // s1/0/0 is leased by somebody else: the new one waits behind it
    back.orchestrator.start()
    await back.runtime.advance(back.channel.timeout + DEFAULTS.leaseMargin + 2 * DEFAULTS.sweep)
    expect(back.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    await back.stop()
  })

  test('P12 in a store that is not shared, one look sends every command that was not begun', async () => {
    const store = fakeStore()
    const dead = stage({ store })
    await dead.create()
    await dead.tell('validationOK')
    const back = stage({ store, runtime: dead.runtime })
    await back.runtime.advance(back.channel.timeout + DEFAULTS.leaseMargin) // the first debt is due, the second is too
    await back.tell('checkOK')
    back.orchestrator.start()
    await back.runtime.advance(10)
    expect(back.channel.ids).toEqual(['s1/0/0', 's1/1/0'])
    await back.stop()
  })

  test('I9 a store that is down interrupts the sweep, which goes on by itself', async () => {
    const scene = stage()
    scene.orchestrator.start()
    await scene.create()
    scene.channel.answer('s1/0/0', SILENT)
    scene.store.down()
    await scene.runtime.advance(30_000)
    scene.store.mend()
    scene.channel.always({ kind: 'delivered' })
    await scene.runtime.advance(30_000)
    expect(await owed(scene)).toEqual([])
    const told = scene.runtime.logged.filter(({ code }) => code.startsWith('sweep.')).map(({ level }) => level)
    expect(told.filter((level) => level !== 'debug')).toEqual(['warn', 'info']) // not once a second
    await scene.stop()
  })

  test('I5 I9 one saga that cannot be written does not hold up the recovery of others', async () => {
    const scene = stage()
    const others = ['a', 'b', 'c', 'd', 'e']
    scene.channel.always(SILENT)
    scene.orchestrator.start()
    for (const id of ['hot', ...others]) await scene.create(id)
    await scene.settle()
    scene.store.refuse('hot')
    scene.channel.always({ kind: 'delivered' })
    const before = scene.store.saves.length
    await scene.runtime.advance(8_000)
    // A claim is tried once in a look: repeating it would hold the saga's mailbox for seconds.
    const tries = scene.store.saves.slice(before).filter(({ sagaId }) => sagaId === 'hot')
    expect(tries.length).toBeLessThanOrEqual(15)
    for (const id of others) expect((await scene.store.load(id))?.saga.owed).toEqual([])
    expect((await scene.store.load('hot'))?.saga.owed).toHaveLength(1)
    await scene.stop()
  })

  test('P14 I9 more than a page of sagas that cannot be written and were due first hides no saga behind them', async () => {
    const scene = stage()
    const refused = Array.from({ length: DEFAULTS.sweepPage + 6 }, (_, at) => `hot${at}`)
    scene.channel.always(SILENT)
    for (const id of refused) await scene.create(id)
    await scene.runtime.advance(1_000)
    await scene.create('last')
    await scene.settle()
    for (const id of refused) scene.store.refuse(id)
    scene.channel.always({ kind: 'delivered' })
    scene.orchestrator.start()
    await scene.runtime.advance(90_000)
    expect((await scene.store.load('last'))?.saga.owed).toEqual([])
    await scene.stop()
  })

  test('P13 P16 a command without capacity is not claimed and has not started: a later one on a free channel waits for it', async () => {
    const scene = stage({ definition: TWO_CHANNELS })
    scene.orchestrator.start()
    for (let at = 0; at <= DEFAULTS.sendsAtOnce + DEFAULTS.queue; at++) await scene.create(`x${at}`) // the lane is full
    await scene.create()
    expect(scene.channel.ids).not.toContain('s1/0/0')
    await scene.runtime.advance(scene.channel.timeout + DEFAULTS.leaseMargin + DEFAULTS.sweep) // due, and no room still
    expect(scene.store.saves.some(({ tried = [] }) => tried.some(({ id }) => id === 's1/0/0'))).toBe(false)
    await scene.tell('paid')
    expect(scene.other.ids).toEqual([])
    scene.channel.always({ kind: 'delivered' })
    await scene.runtime.advance(300_000)
    expect(scene.channel.ids.filter((id) => id.startsWith('s1/'))).toEqual(['s1/0/0'])
    expect(scene.other.ids).toEqual(['s1/1/0'])
    await scene.stop()
  })

  test('P3 stop ends sends under way and writes their settlements', async () => {
    const scene = stage()
    await scene.create()
    const stopped = scene.orchestrator.stop(5_000)
    scene.channel.answer('s1/0/0')
    await scene.runtime.advance(10)
    await stopped
    expect(await owed(scene)).toEqual([])
  })
})
