import { describe, expect, test } from 'vitest'
import { DELIVERED } from '../../../fakes/channel.ts'
import { BY, FRESH, KEY, keyed, RECOVERED, world } from './queue-stage.ts'

describe('places of a channel without limits', () => {
  test('P16 recovered commands that wait take the places of further ones; fresh ones do not', () => {
    const { queue, wait } = world()
    wait(RECOVERED, 3)
    wait(FRESH, 2)
    expect([queue.spare('bank'), queue.load.waiting]).toEqual([1, 5])
    wait(RECOVERED, 3)
    expect(queue.spare('bank')).toBe(0)
  })

  test('P16 recovery hurries where half of the sends are free, and while a circuit is closed', () => {
    const { queue, begin } = world()
    begin(FRESH, 2)
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([2, true])
    begin(FRESH)
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([1, false])
    const [silent, paused] = [world(), world()]
    silent.open()
    paused.queue.isPaused = true
    expect([silent.queue.isHungry('bank'), paused.queue.isHungry('bank'), paused.queue.spare('bank')]).toEqual([
      false,
      false,
      0,
    ])
  })

  test('P16 quick answers let recovery claim ahead: as many again, at most half of the places, none where they are taken', () => {
    const ahead = (commands: number, waiting = 0) => {
      const { queue, wait } = world({ commands })
      queue.answered(DELIVERED, 0, 2_499)
      wait(FRESH, waiting)
      return queue.spare('bank') - 4
    }
    expect([ahead(16), ahead(6), ahead(7), ahead(16, 15), ahead(16, 16)]).toEqual([4, 3, 3, 4, 0])
    const { queue } = world()
    queue.answered(DELIVERED, 0, 2_500)
    expect(queue.spare('bank')).toBe(4)
  })

  test('P16 the queue is full by the number of its commands or by their bytes', () => {
    const { queue, wait } = world({ commands: 3 })
    wait(FRESH, 2)
    expect(queue.isFull('bank')).toBe(false)
    wait(FRESH)
    expect(queue.isFull('bank')).toBe(true)
    const estimate = world()
    estimate.wait(FRESH)
    const heavy = world({ bytes: estimate.queue.load.bytes })
    expect(heavy.queue.isFull('bank')).toBe(false)
    heavy.wait(FRESH)
    expect(heavy.queue.isFull('bank')).toBe(true)
    heavy.queue.pull()
    expect([heavy.queue.isFull('bank'), heavy.queue.load.bytes]).toEqual([false, 0])
  })
})

describe('places of a channel with limits', () => {
  test('P28 a command that would wait longer than its lease is left in the store', () => {
    const { queue, begin } = world({ limits: { rate: { limit: 1 } }, own: 99 })
    begin(FRESH, 5)
    expect(queue.isFull('bank')).toBe(false)
    begin(FRESH)
    expect(queue.isFull('bank')).toBe(true)
  })

  test('P28 as many wait as start before their leases end', () => {
    const { queue, wait } = world({ limits: { rate: { limit: 2 } } })
    wait(FRESH, 4)
    expect(queue.isFull('bank')).toBe(false)
    wait(FRESH)
    expect(queue.isFull('bank')).toBe(true)
  })

  test('P28 one key takes an eighth of the places, and its own depth, at most; the channel may be asked as a whole', () => {
    const { queue, wait } = world({ limits: { concurrency: { limit: 9, by: BY } }, commands: 32 })
    wait(keyed(FRESH), 3)
    expect(queue.isFull(KEY)).toBe(false)
    wait(keyed(FRESH))
    expect([queue.isFull(KEY), queue.isFull('bank\0b'), queue.isFull('bank')]).toEqual([true, false, false])
    const deep = world({ limits: { concurrency: { limit: 1, by: BY } }, commands: 999 })
    deep.wait(keyed(FRESH), 15)
    expect(deep.queue.isFull(KEY)).toBe(false)
    deep.wait(keyed(FRESH))
    expect(deep.queue.isFull(KEY)).toBe(true)
  })

  test('P28 a key that has its sends under way may still let commands wait', () => {
    const { queue, begin } = world({ limits: { concurrency: { limit: 1, by: BY } } })
    begin(keyed(FRESH))
    expect(queue.isFull(KEY)).toBe(false)
  })

  test('P16 P28 recovery claims what starts within a second, without what it has claimed before', () => {
    const { queue, wait } = world({ limits: { rate: { limit: 3 } }, own: 99 })
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([3, true])
    wait(RECOVERED)
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([2, false])
    wait(RECOVERED, 9)
    expect(queue.spare('bank')).toBe(0)
  })

  test('P16 P28 the sends of the channel bound it too', () => {
    const { queue, begin } = world({ limits: { rate: { limit: 100 } } })
    begin(FRESH, 3)
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([1, true])
    begin(FRESH)
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([0, false])
  })

  test('P16 P28 each key has its own number, beside that of the channel; recovered commands of other keys do not count', () => {
    const { queue, wait } = world({ limits: { concurrency: { limit: 2, by: BY } }, own: 9, commands: 99 })
    expect([queue.spare(KEY), queue.spare('bank')]).toEqual([4, 9])
    wait(keyed(RECOVERED), 3)
    expect([queue.spare(KEY), queue.spare('bank\0b'), queue.spare('bank')]).toEqual([1, 4, 9])
    expect([queue.isHungry(KEY), queue.isHungry('bank\0b')]).toEqual([false, true])
    wait(keyed(RECOVERED), 3)
    expect(queue.spare(KEY)).toBe(0)
  })

  test('I5 P28 keys whose commands take all places do not stop a command of another key that may start at once', () => {
    const { queue, wait, begin } = world({ limits: { concurrency: { limit: 1, by: BY } }, own: 3, commands: 2 })
    wait(keyed(RECOVERED), 2)
    begin(keyed(FRESH))
    expect([queue.spare(KEY), queue.spare('bank\0b'), queue.spare('bank')]).toEqual([0, 1, 2])
    queue.end(keyed(FRESH))
    expect([queue.spare(KEY), queue.spare('bank')]).toEqual([0, 3])
    begin(keyed(FRESH, 'bank\0b'), 3)
    expect(queue.spare('bank')).toBe(0)
  })
})
