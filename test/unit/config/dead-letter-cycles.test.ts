import { expect, test } from 'vitest'
import { deadLetterCycleProblems } from '../../../src/config/dead-letter-cycles.ts'

const channel = (inputTopics: string[], deadLetterTopic?: string, brokers = 'kafka:9092') => ({
  type: 'kafka',
  configurations: { brokers, inputTopics, ...(deadLetterTopic !== undefined && { deadLetterTopic }) },
})
const placesOf = (...channels: object[]) =>
  deadLetterCycleProblems(channels).map(({ path }) => Number(/\d+/.exec(path)?.[0]))

test('P20 two channels that read each other’s dead letters are refused, each by its place', () => {
  const [first] = deadLetterCycleProblems([channel(['events'], 'again'), channel(['other', 'again'], 'events')])
  expect(first).toMatchObject({
    path: 'communicationProtocols[0].configurations.deadLetterTopic',
    expected: expect.stringContaining('records do not come back to this channel'),
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
  expect(deadLetterCycleProblems(undefined)).toEqual([])
})

test('P20 thousands in a chain, in a ring or on one topic take time that grows with them alone', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => index)
  const chain = many.map((index) => channel([`t${index}`], `t${index + 1}`))
  expect(deadLetterCycleProblems(chain)).toEqual([])
  expect(deadLetterCycleProblems([...chain.slice(0, -1), channel(['t19999'], 't0')])).toHaveLength(20_000)
  const topics = many.slice(0, 100).map((index) => `t${index}`)
  expect(deadLetterCycleProblems(many.slice(0, 2_000).map((index) => channel(topics, `t${index % 100}`)))).toHaveLength(
    2_000,
  )
})
