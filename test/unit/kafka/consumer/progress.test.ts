import { expect, test } from 'vitest'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Semaphore } from '../../../../adapters/channel/kafka/consumer/semaphore.ts'
import { settle } from '../../../../testing/simulation/settle.ts'

test('progress has a position once an offset is known', () => {
  const place = new ConsumerProgress().of('orders', 3)
  expect(place.position).toBeUndefined()
  place.advance('7', [])
  expect(place.position).toEqual({ topic: 'orders', partition: 3, offset: '7' })
})

test('each partition of each topic has its own progress, and keeps it', () => {
  const progress = new ConsumerProgress()
  const all = [progress.of('a', 1), progress.of('a', 11), progress.of('a1', 1)]
  expect(new Set(all).size).toBe(3)
  expect(progress.of('a', 11)).toBe(all[1])
  expect(progress.all()).toEqual(all)
  progress.clear()
  expect(progress.all()).toEqual([])
  expect(progress.of('a', 11)).not.toBe(all[1])
})

test('an event is counted as stuck as long as its partition does not advance', () => {
  const place = new ConsumerProgress().of('orders', 0)
  place.advance('7', [])
  expect([place.countStuck('7', 'a broken row', 5), place.countStuck('7', 'a broken row', 6)]).toEqual([1, 2])
  expect(place.stuckEvent('7')).toMatchObject({ times: 2, since: 5 })
  expect(place.stuckEvent('8')).toBeUndefined()
  place.advance('7', ['9'])
  expect([place.isStuck, place.stuckEvent('7')?.times]).toEqual([true, 2])
  place.advance('8', [])
  expect([place.isStuck, place.stuckEvent('7')]).toEqual([false, undefined])
})

test('another stuck event is counted from one', () => {
  const place = new ConsumerProgress().of('orders', 0)
  place.countStuck('7', 'a broken row', 5)
  place.countStuck('7', 'a broken row', 6)
  expect(place.countStuck('8', 'a broken row', 7)).toBe(1)
  expect(place.stuckEvent('8')).toMatchObject({ times: 1, since: 7 })
  expect(place.stuckEvent('7')).toBeUndefined()
})

test('permits are given in the order of the calls, and none is lost', async () => {
  const permits = new Semaphore(2)
  const got: number[] = []
  for (const number of [1, 2, 3, 4]) {
    const waiting = permits.acquire()
    if (waiting === undefined) got.push(number)
    else void waiting.then(() => got.push(number))
  }
  expect(got).toEqual([1, 2])
  permits.release()
  await settle()
  expect(got).toEqual([1, 2, 3])
  for (let times = 0; times < 3; times++) permits.release()
  await settle()
  expect(got).toEqual([1, 2, 3, 4])
  expect([permits.acquire(), permits.acquire()]).toEqual([undefined, undefined])
  expect(permits.acquire()).toBeInstanceOf(Promise)
})
