import { expect, test } from 'vitest'
import { rings } from '../../../src/config/rings.ts'

const channel = (inputTopics: string[], deadLetterTopic?: string, brokers = 'kafka:9092') => ({
  type: 'kafka',
  configurations: { brokers, inputTopics, ...(deadLetterTopic !== undefined && { deadLetterTopic }) },
})
const placesOf = (...channels: object[]) => rings(channels).map(({ path }) => Number(/\d+/.exec(path)?.[0]))

test('P20 two channels that read each other’s dead letters are refused, each by its place', () => {
  const [first] = rings([channel(['events'], 'again'), channel(['other', 'again'], 'events')])
  expect(first).toMatchObject({
    path: 'communicationProtocols[0].configurations.deadLetterTopic',
    expected: expect.stringContaining('nothing comes back into this channel'),
  })
  expect(placesOf(channel(['events'], 'again'), channel(['other', 'again'], 'events'))).toEqual([0, 1])
})

test('P20 so are three, and not the one whose dead letters go into the ring', () => {
  const ring = [channel(['a'], 'b'), channel(['b'], 'c'), channel(['c'], 'a')]
  expect(placesOf({ type: 'rest', configurations: {} }, ...ring, channel(['d'], 'a'))).toEqual([1, 2, 3])
})

test('P20 a second try is none, nor are the same names on other brokers, nor what the schema refuses', () => {
  expect(placesOf(channel(['events'], 'again'), channel(['again'], 'dead'))).toEqual([])
  expect(placesOf(channel(['events'], 'again'), channel(['again'], 'events', 'other:9092'))).toEqual([])
  expect(placesOf(channel(['events'], 'events'), channel(['again']))).toEqual([])
  expect(placesOf({ type: 'kafka', configurations: { inputTopics: 'events', deadLetterTopic: 1 } })).toEqual([])
  expect(rings(undefined)).toEqual([])
})
