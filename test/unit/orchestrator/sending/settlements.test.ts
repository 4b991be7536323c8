import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Step } from '../../../../src/engine/change.ts'
import { debtOf, sagaOf, world } from './settlement-stage.ts'

const BY_DEADLINE = `by ${DEFAULTS.deadline}`

describe('settlements', () => {
  test('P3 a delivery is settled after the period in which it came, and one that comes meanwhile after the next', async () => {
    const { runtime, deliver, settledNow, written } = world()
    void deliver('a')
    await runtime.advance(600)
    void deliver('b')
    await runtime.advance(410)
    expect(written).toEqual([`a/0/0 ${BY_DEADLINE}`])
    settledNow()
    await runtime.advance(1_010)
    expect(settledNow()).toEqual(['b/0/0'])
    await runtime.advance(10_000)
    expect([settledNow(), runtime.timers]).toEqual([[], 0])
  })

  test('P3 P19 where the host may vanish it is settled at once', async () => {
    const { runtime, deliver, settledNow } = world({ settleAfter: 0 })
    let isOver = false
    void deliver('a')?.then(() => (isOver = true))
    await runtime.advance(1)
    expect([settledNow(), isOver, runtime.timers]).toEqual([['a/0/0'], true, 0])
  })

  test('P3 a write that fails is tried again with the next period; its log line comes with the write', async () => {
    const { runtime, deliver, settledNow, store, settlements, settledLines } = world()
    store.isAway = true
    void deliver('a')
    await runtime.advance(1_500)
    expect([settlements.isDelivered('a', debtOf('a/0/0')), settledLines]).toEqual([true, []])
    store.isAway = false
    await runtime.advance(1_500)
    expect([settledNow(), settledLines, settlements.isDelivered('a', debtOf('a/0/0'))]).toEqual([
      ['a/0/0'],
      ['a/0/0'],
      false,
    ])
    expect(runtime.timers).toBe(0) // nothing is left to be settled
  })

  test('P3 a delivery of a command that is owed no more is forgotten without a write', async () => {
    const { runtime, deliver, settledNow, heads, settlements } = world()
    heads.set('a', sagaOf('a', []))
    void deliver('a')
    await runtime.advance(1_500)
    expect([settledNow(), settlements.isDelivered('a', debtOf('a/0/0')), runtime.timers]).toEqual([[], false, 0])
  })

  test('P3 a delivery that comes during the write of the same saga waits for the next one', async () => {
    const { runtime, deliver, settledNow, heads, store, settlements } = world()
    heads.set('a', sagaOf('a', [debtOf('a/0/0'), debtOf('a/1/0')]))
    store.beforeWrite = () => {
      store.beforeWrite = () => undefined
      void deliver('a', undefined, 'a/1/0')
    }
    void deliver('a')
    await runtime.advance(1_500)
    expect([settledNow(), settlements.isDelivered('a', debtOf('a/1/0'))]).toEqual([['a/0/0'], true])
    heads.set('a', sagaOf('a', [debtOf('a/1/0')]))
    await runtime.advance(1_500)
    expect(settledNow()).toEqual(['a/1/0'])
  })

  test('P3 writes go a few at a time, each saga once', async () => {
    const { runtime, deliver, settledNow, store } = world({ atOnce: 3 })
    for (let at = 0; at < 10; at++) void deliver(`s${at}`)
    await runtime.advance(2_500)
    expect([settledNow().length, store.most]).toEqual([10, 3])
  })

  test('P3 flush writes everything, and no more after its deadline', async () => {
    const one = world({ atOnce: 1 })
    for (let at = 0; at < 10; at++) void one.deliver(`s${at}`)
    const all = one.settlements.flush(60)
    await one.runtime.advance(30)
    await all
    expect([one.written.length, one.written[0]]).toEqual([10, 's0/0/0 by 60'])
    const late = world({ atOnce: 1 })
    for (let at = 0; at < 10; at++) void late.deliver(`s${at}`)
    const some = late.settlements.flush(3)
    await late.runtime.advance(30)
    await some
    expect(late.settledNow()).toEqual(['s0/0/0', 's1/0/0', 's2/0/0'])
  })

  test('P3 where very many wait, half of them are written before the period ends: their heads are still known', async () => {
    const { runtime, deliver, settledNow, store } = world({ settleAfter: 1_000_000 })
    store.isQuick = true
    for (let at = 0; at < DEFAULTS.settlements; at++) void deliver(`s${at}`)
    await runtime.advance(10)
    expect(settledNow()).toHaveLength(DEFAULTS.settlements / 2)
  })
})

describe('what a write settles', () => {
  const both = sagaOf('a', [debtOf('a/0/0', 5), debtOf('a/1/0')])
  const step = (more: Partial<Step>) => more as Step

  test('P3 only what is owed and was delivered', () => {
    const { settlements, deliver } = world()
    expect([settlements.settledOf(both), settlements.entryOf(both)]).toEqual([undefined, undefined])
    void deliver('b')
    expect(settlements.settledOf(both)).toBeUndefined()
    void deliver('a')
    expect(settlements.settledOf(both)).toEqual(['a/0/0'])
    expect(settlements.settledOf(sagaOf('a', [debtOf('a/1/0')]))).toBeUndefined()
    expect(settlements.entryOf(sagaOf('a', []))).toBeUndefined()
  })

  test('P3 a command that was put back has another time: its earlier delivery does not settle it', () => {
    const { settlements, deliver } = world()
    void deliver('a', 5)
    expect(settlements.isDelivered('a', debtOf('a/0/0', 5))).toBe(true)
    expect(settlements.isDelivered('a', debtOf('a/0/0', 6))).toBe(false)
    expect(settlements.isDelivered('b', debtOf('a/0/0', 5))).toBe(false)
    expect(settlements.isDelivered('a', debtOf('a/1/0', 5))).toBe(false)
  })

  test('P3 P6 a delivery is forgotten where its command is revived or settled, those of other commands stay', () => {
    const { settlements, deliver, settledLines } = world()
    for (const id of ['a/0/0', 'a/1/0', 'a/2/0']) void deliver('a', undefined, id)
    const known = () => ['a/0/0', 'a/1/0', 'a/2/0'].map((id) => settlements.isDelivered('a', debtOf(id)))
    settlements.revived('a', undefined)
    settlements.settled(both, undefined)
    settlements.revived('b', [debtOf('a/0/0')])
    expect(known()).toEqual([true, true, true])
    settlements.revived('a', [debtOf('a/1/0')])
    expect(known()).toEqual([true, false, true])
    settlements.settled(both, ['a/0/0'])
    expect([known(), settledLines]).toEqual([[false, false, true], ['a/0/0']])
    settlements.settled(both, ['a/2/0'])
    expect(known()).toEqual([false, false, false])
  })

  test('P18 it keeps the deliveries of the state, except in a step that leaves the state', () => {
    const { settlements, deliver, runtime } = world()
    const saga = sagaOf('a', [debtOf('a/0/0', 5)])
    void deliver('a')
    const kept = { settled: ['a/0/0'], deliveries: [expect.objectContaining({ id: 'a/0/0', at: runtime.wallClock() })] }
    expect(settlements.entryOf(saga)).toEqual(kept)
    expect(settlements.entryOf(saga, step({ stays: true }))).toEqual(kept)
    expect(settlements.entryOf(saga, step({}))).toEqual({ settled: ['a/0/0'] })
  })
})
