import { expect, test } from 'vitest'
import { Places } from '../../../adapters/channel/kafka/places.ts'
import { Slots } from '../../../adapters/channel/kafka/slots.ts'
import { settle } from '../../../testing/simulation/settle.ts'

test('a place has a position once it is known', () => {
  const place = new Places().of('orders', 3)
  expect(place.position).toBeUndefined()
  place.advance('7', [])
  expect(place.position).toEqual({ topic: 'orders', partition: 3, offset: '7' })
})

test('each partition of each topic has its own place, and keeps it', () => {
  const places = new Places()
  const all = [places.of('a', 1), places.of('a', 11), places.of('a1', 1)]
  expect(new Set(all).size).toBe(3)
  expect(places.of('a', 11)).toBe(all[1])
  expect(places.all()).toEqual(all)
  places.clear()
  expect(places.all()).toEqual([])
  expect(places.of('a', 11)).not.toBe(all[1])
})

test('an event is counted as stuck as long as the place does not go on', () => {
  const place = new Places().of('orders', 0)
  place.advance('7', [])
  expect([place.stuckAt('7', 'a broken row', 5), place.stuckAt('7', 'a broken row', 6)]).toEqual([1, 2])
  expect(place.standstill('7')).toMatchObject({ times: 2, since: 5 })
  expect(place.standstill('8')).toBeUndefined()
  place.advance('7', ['9'])
  expect([place.isStuck, place.standstill('7')?.times]).toEqual([true, 2])
  place.advance('8', [])
  expect([place.isStuck, place.standstill('7')]).toEqual([false, undefined])
})

test('another event that is stuck begins anew', () => {
  const place = new Places().of('orders', 0)
  place.stuckAt('7', 'a broken row', 5)
  place.stuckAt('7', 'a broken row', 6)
  expect(place.stuckAt('8', 'a broken row', 7)).toBe(1)
  expect(place.standstill('8')).toMatchObject({ times: 1, since: 7 })
  expect(place.standstill('7')).toBeUndefined()
})

test('slots are given in the order in which they were asked for, and none is lost', async () => {
  const slots = new Slots(2)
  const got: number[] = []
  for (const number of [1, 2, 3, 4]) {
    const waiting = slots.take()
    if (waiting === undefined) got.push(number)
    else void waiting.then(() => got.push(number))
  }
  expect(got).toEqual([1, 2])
  slots.give()
  await settle()
  expect(got).toEqual([1, 2, 3])
  for (let times = 0; times < 3; times++) slots.give()
  await settle()
  expect(got).toEqual([1, 2, 3, 4])
  expect([slots.take(), slots.take()]).toEqual([undefined, undefined])
  expect(slots.take()).toBeInstanceOf(Promise)
})
