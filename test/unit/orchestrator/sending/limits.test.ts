import { describe, expect, test } from 'vitest'
import { channelOf, laneOf } from '../../../../src/orchestrator/sending/lane.ts'
import { SendLimits } from '../../../../src/orchestrator/sending/send-limits.ts'
import type { FlowLimits } from '../../../../src/ports/channel.ts'
import { DELIVERED, fakeChannel, SILENT } from '../../../fakes/channel.ts'
import { outgoing, relayStage } from './relay-stage.ts'
import { passing, stage } from '../stage.ts'

const BY = ['customer', 'id']
const limited = (limits: FlowLimits) => Object.assign(fakeChannel('reservations'), { limits })

describe('lanes', () => {
  const lane = (metadata: Record<string, unknown>, by = BY) =>
    laneOf(limited({ rate: { limit: 1, by } }), 'bank', metadata).slice('bank'.length)

  test('P28 the key is the scalar at its place in the metadata; sagas without one share a lane', () => {
    expect(lane({ customer: { id: 'a' } })).toBe('\0a')
    expect([lane({ customer: { id: 7 } }), lane({ customer: { id: '7' } })]).toEqual(['\x007', '\x007'])
    expect(lane({ list: ['x', 'y'] }, ['list', '1'])).toBe('\0y')
    expect([lane({ customer: { id: true } }), lane({ customer: { id: '' } })]).toEqual(['\0true', '\0'])
    for (const id of [undefined, null, {}, []]) expect(lane({ customer: { id } })).toBe('\0')
    for (const customer of [undefined, null, 'a', 1]) expect(lane({ customer })).toBe('\0')
    expect(lane({}, ['__proto__', 'toString'])).toBe('\0')
    expect(lane({ customer: { id: 'x'.repeat(9_000) } })).toHaveLength(257)
  })

  test('P28 without a key the lane is the channel', () => {
    expect(laneOf(limited({ rate: { limit: 1 } }), 'bank', {})).toBe('bank')
    expect([channelOf('bank'), channelOf('bank\0a\0b')]).toEqual(['bank', 'bank'])
  })
})

describe('limits', () => {
  test('P28 a rate is even; after a pause a tenth of a second starts at once', () => {
    const limits = new SendLimits({ rate: { limit: 100 } })
    let now = 10_000
    const begun: number[] = []
    for (let at = 0; at < 300; at++) {
      now += limits.wait('bank', now)
      limits.begin('bank', now)
      begun.push(now)
    }
    expect(begun.filter((at) => at === 10_000)).toHaveLength(10)
    expect(begun.filter((at) => at < 11_000).length).toBeLessThanOrEqual(110)
    expect((begun.at(-1) ?? 0) - 10_000).toBeCloseTo(2_900, -1)
  })

  test('P28 unused keys are forgotten, used ones are not', () => {
    const limits = new SendLimits({ concurrency: { limit: 1, by: BY } })
    limits.begin('bank\0slow', 0)
    for (let at = 0; at < 10_000; at++) {
      limits.begin(`bank\0${at}`, at)
      limits.end(`bank\0${at}`)
    }
    expect(limits.lanes).toBeLessThanOrEqual(1_025)
    expect(limits.wait('bank\0slow', 10_000)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('relay: limits', () => {
  const NEVER = { expires: Number.POSITIVE_INFINITY }
  const of = (id: string, customer: string) => outgoing(id, 'bank', { ...NEVER, lane: `bank\0${customer}` })

  test('P28 concurrency without a key takes the place of the bound of concurrent sends', async () => {
    const { relay, bank } = relayStage({}, { limits: { concurrency: { limit: 3 } } })
    for (let at = 0; at < 5; at++) relay.offer(outgoing(`s${at}/0/0`, 'bank'))
    expect([bank.open, relay.spare('bank')]).toEqual([3, 0])
    bank.always(DELIVERED)
    await relay.idle()
    expect(bank.ids).toHaveLength(5)
  })

  test('P28 a rate holds commands back, in their order, and starts them without any other event', async () => {
    const { relay, runtime, bank } = relayStage({}, { limits: { rate: { limit: 2 } } })
    bank.always(DELIVERED)
    for (let at = 0; at < 5; at++) relay.offer(outgoing(`s${at}/0/0`, 'bank', NEVER))
    await runtime.settle()
    const counts = [bank.ids.length]
    for (let at = 0; at < 4; at++) {
      await runtime.advance(500)
      counts.push(bank.ids.length)
    }
    expect(counts).toEqual([1, 2, 3, 4, 5])
    expect(bank.ids).toEqual(['s0/0/0', 's1/0/0', 's2/0/0', 's3/0/0', 's4/0/0'])
    expect(runtime.timers).toBe(0)
  })

  test('P28 a command that could not start within its lease is left to the store, and no timer keeps it', async () => {
    const { relay, runtime } = relayStage({}, { limits: { rate: { limit: 0.01 } } })
    expect(relay.offer(outgoing('s0/0/0', 'bank'))).toBe(true)
    expect([relay.offer(outgoing('s1/0/0', 'bank')), relay.isFull('bank'), relay.spare('bank')]).toEqual([
      false,
      true,
      0,
    ])
    expect(runtime.timers).toBe(0)
  })

  test('P28 the burst of one key holds up no other key, and takes a share of the places alone', async () => {
    const limits = { concurrency: { limit: 1, by: BY } }
    const { relay, bank } = relayStage({ sendsAtOnce: 8, queue: { commands: 80, bytes: 1_000_000 } }, { limits })
    const accepted = Array.from({ length: 50 }, (_, at) => relay.offer(of(`a${at}/0/0`, 'ann')))
    expect(accepted.filter(Boolean)).toHaveLength(1 + 10)
    for (const id of ['b', 'c']) relay.offer(of(`${id}/0/0`, id))
    expect(bank.ids).toEqual(['a0/0/0', 'b/0/0', 'c/0/0'])
    expect([relay.spare('bank\0ann'), relay.spare('bank\0dan'), relay.spare('bank')]).toEqual([1, 2, 5])
    bank.answer('b/0/0')
    bank.answer('a0/0/0')
    bank.always(DELIVERED)
    await relay.idle()
    expect(bank.ids).toHaveLength(13)
  })

  test('I5 P28 keys that fill every place leave recovery those that may start at once', async () => {
    const limits = { concurrency: { limit: 1, by: BY } }
    const { relay, bank } = relayStage({ sendsAtOnce: 8 }, { limits })
    for (const key of ['a', 'b', 'c', 'd', 'e']) for (let at = 0; at < 3; at++) relay.offer(of(`${key}${at}/0/0`, key))
    expect([relay.isFull('bank'), bank.open]).toEqual([true, 5])
    expect([relay.spare('bank'), relay.spare('bank\0new'), relay.spare('bank\0a')]).toEqual([3, 1, 0])
    expect(relay.offer({ ...of('n/0/0', 'new'), isRecovered: true })).toBe(true)
    expect([bank.ids.at(-1), relay.spare('bank'), relay.spare('bank\0new')]).toEqual(['n/0/0', 2, 0])
  })

  test('P28 keys take turns where the channel as a whole is the limit', async () => {
    const limits = { rate: { limit: 1_000, by: BY }, concurrency: { limit: 1 } }
    const { relay, runtime, bank } = relayStage({ queue: { commands: 800, bytes: 1_000_000 } }, { limits })
    relay.offer(of('x/0/0', 'x'))
    for (let at = 0; at < 3; at++) relay.offer(of(`a${at}/0/0`, 'ann'))
    for (let at = 0; at < 2; at++) relay.offer(of(`b${at}/0/0`, 'bob'))
    bank.always(DELIVERED)
    await runtime.advance(10)
    await relay.idle()
    expect(bank.ids.slice(1)).toEqual(['a0/0/0', 'b0/0/0', 'a1/0/0', 'b1/0/0', 'a2/0/0'])
  })

  test('P28 P13 a later command of a saga waits behind one that its key holds back', async () => {
    const { relay, runtime, bank, shop } = relayStage({}, { limits: { rate: { limit: 2, by: BY } } })
    relay.offer(of('x/0/0', 'ann'))
    relay.offer(of('s/0/0', 'ann'))
    relay.offer(outgoing('s/1/0', 'shop', NEVER))
    expect(shop.ids).toEqual([])
    await runtime.advance(500)
    expect([bank.ids, shop.ids]).toEqual([['x/0/0', 's/0/0'], ['s/1/0']])
  })
})

describe('orchestrator: limits', () => {
  const create = (scene: ReturnType<typeof stage>, id: string, customer: string) =>
    passing(scene.runtime, scene.orchestrator.create({ id, entity: 'e', metadata: { customer: { id: customer } } }))

  test('P28 a backlog of thousands leaves at the rate, and fresh commands take turns with it', async () => {
    const channel = limited({ rate: { limit: 50 } })
    const scene = stage({ channel })
    channel.always(SILENT)
    for (let at = 0; at < 2_000; at++) await scene.create(`old-${at}`)
    channel.always(DELIVERED)
    scene.orchestrator.start()
    await scene.runtime.advance(1_000)
    const begun = () => channel.ids.length
    const before = begun()
    await scene.runtime.advance(10_000)
    expect(begun() - before).toBeLessThanOrEqual(510)
    expect(begun() - before).toBeGreaterThan(420)
    for (let at = 0; at < 20; at++) await scene.create(`new-${at}`)
    await scene.runtime.advance(2_000)
    expect(channel.ids.filter((id) => id.startsWith('new-'))).toHaveLength(20)
    await scene.runtime.advance(40_000)
    expect(new Set(channel.ids).size).toBe(2_020)
    await scene.stop()
  })

  test('P28 the burst of one customer does not hold up the others, from memory or from the store', async () => {
    const channel = limited({ rate: { limit: 10, by: BY } })
    const scene = stage({ channel })
    channel.always(DELIVERED)
    scene.orchestrator.start()
    for (let at = 0; at < 1_000; at++) await create(scene, `ann-${at}`, 'ann')
    for (let at = 0; at < 9; at++) await create(scene, `bob-${at}`, 'bob')
    await scene.runtime.advance(2_000)
    expect(channel.ids.filter((id) => id.startsWith('bob-'))).toHaveLength(9)
    const ann = () => channel.ids.filter((id) => id.startsWith('ann-')).length
    const before = ann()
    await scene.runtime.advance(20_000)
    expect(ann() - before).toBeLessThanOrEqual(210)
    expect(ann() - before).toBeGreaterThan(170)
    await scene.stop()

    const back = stage({ channel, store: scene.store, runtime: scene.runtime })
    for (let at = 0; at < 9; at++) await create(back, `cat-${at}`, 'cat')
    back.orchestrator.start()
    await back.runtime.advance(2_000)
    expect(channel.ids.filter((id) => id.startsWith('cat-'))).toHaveLength(9)
    await back.runtime.advance(120_000)
    expect(new Set(channel.ids).size).toBe(1_018)
    await back.stop()
  })
})
