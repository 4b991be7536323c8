import { describe, expect, test } from 'vitest'
import { Batcher } from '../../../../adapters/channel/kafka/producer/batcher.ts'
import type { TopicMessages } from '../../../../adapters/channel/kafka/driver.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { fakeDriver } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const message = (key: string) => ({ key, value: 'x', headers: {} })
const AWAY = new BatutaError('broker-unreachable', 'the line broke')
const LARGE = new BatutaError('message-too-large', 'too large')
const REFUSED = new BatutaError('broker-refused', 'no right to write')
const keysOf = (sent: readonly TopicMessages[]) => sent.flatMap(({ messages }) => messages.map(({ key }) => key))

/** Puts with a time-out of 9.5 s; `ends` has the result of each by its key. */
function stage(patience?: number) {
  const [runtime, driver] = [simulatedRuntime(), fakeDriver()]
  const batcher = new Batcher(driver, runtime, patience)
  const ends: Record<string, string> = {}
  const put = (...keys: string[]) => {
    for (const key of keys) {
      batcher.put(['out'], message(key), 9_500).then(
        () => (ends[key] = 'durable'),
        (thrown: BatutaError) => (ends[key] = thrown.code),
      )
    }
  }
  const sent = () => driver.producers.map((one) => one.sent.map(keysOf))
  return { runtime, driver, batcher, put, ends, sent }
}

test('I2 a failed producer is closed and never used again: a new one makes the second try', async () => {
  const { runtime, driver, put, ends, sent } = stage()
  put('a', 'b')
  await runtime.advance(5)
  driver.producers[0]?.answer(AWAY)
  await settle()
  expect(driver.producers[0]?.isClosed).toBe(true)
  expect(sent()).toEqual([[['a', 'b']], [['a', 'b']]])
  driver.producers[1]?.answer()
  await settle()
  expect(ends).toEqual({ a: 'durable', b: 'durable' })
  put('c')
  await runtime.advance(5)
  expect(sent()).toEqual([[['a', 'b']], [['a', 'b'], ['c']]])
})

test('there are two tries, not three; the next message gets a new producer', async () => {
  const { runtime, driver, put, ends } = stage()
  put('a')
  await runtime.advance(5)
  driver.producers[0]?.answer(AWAY)
  await settle()
  driver.producers[1]?.answer(AWAY)
  await settle()
  expect(ends).toEqual({ a: 'broker-unreachable' })
  expect(driver.producers).toHaveLength(2)
  put('b')
  await runtime.advance(5)
  expect(driver.producers).toHaveLength(3)
})

test('a refused send is not tried again', async () => {
  const { runtime, driver, put, ends } = stage()
  put('a')
  await runtime.advance(5)
  driver.producers[0]?.answer(REFUSED)
  await settle()
  expect([ends, driver.producers.length]).toEqual([{ a: 'broker-refused' }, 1])
})

test.each([LARGE, new BatutaError('message-refused', 'the schema forbids it')])(
  'P15 of a group with one that is $code, only that one is rejected',
  async (thrown) => {
    const { runtime, driver, put, ends } = stage()
    driver.sends = (sent) => (keysOf(sent).includes('bad') ? Promise.reject(thrown) : Promise.resolve())
    put('a', 'bad', 'b')
    await runtime.advance(10)
    expect(ends).toEqual({ a: 'durable', bad: thrown.code, b: 'durable' })
  },
)

const FEW = new BatutaError('broker-unreachable', 'not enough replicas in sync')

test('P20 I2 after one partition refused, each partition has its own request for a while', async () => {
  const { runtime, driver, put, ends, sent } = stage()
  driver.sends = (messages) => (keysOf(messages).some((key) => key === 'bad') ? Promise.reject(FEW) : Promise.resolve())
  put('a', 'bad', 'c')
  await runtime.advance(50)
  expect(ends).toEqual({ a: 'durable', bad: 'broker-unreachable', c: 'durable' })
  const before = sent().flat().length
  put('d', 'bad', 'e')
  await runtime.advance(50)
  expect(ends).toMatchObject({ d: 'durable', e: 'durable' })
  // A written message is not written again.
  expect(sent().flat().slice(before)).toEqual([['d'], ['bad'], ['bad'], ['e']])
  driver.sends = () => Promise.resolve()
  await runtime.advance(10_000)
  put('f', 'bad')
  await runtime.advance(50)
  expect(sent().flat().at(-1)).toEqual(['f', 'bad'])
})

test('P16 at most 64 MiB wait: further messages are refused', async () => {
  const { runtime, driver, batcher } = stage()
  driver.producer = () => new Promise(() => undefined)
  const value = 'x'.repeat(8 * 1_048_576)
  const put = () =>
    batcher.put(['out'], { key: 'k', value, headers: {} }, 9_500).catch(({ message }) => message as string)
  const first = Array.from({ length: 8 }, put)
  expect(await put()).toBe('send to the Kafka brokers: too much is waiting')
  await runtime.advance(9_500)
  await Promise.all(first)
  void put()
  await settle()
  expect(runtime.timers).toBeGreaterThan(0)
})

test('a producer that cannot connect is a failed send', async () => {
  const { runtime, driver, put, ends } = stage()
  let opened = 0
  driver.producer = () => Promise.reject(opened++ === 0 ? AWAY : REFUSED)
  put('a')
  await runtime.advance(5)
  expect([ends, opened]).toEqual([{ a: 'broker-refused' }, 2])
})

test('P12 a send without an answer fails within its time-out, and its request ends later', async () => {
  const { runtime, driver, put, ends, sent } = stage()
  put('a')
  await runtime.advance(15_000)
  expect(ends).toEqual({ a: 'broker-unreachable' })
  put('b')
  await runtime.advance(5_000)
  expect(sent()).toEqual([[['a']]])
  await runtime.advance(10)
  expect(driver.producers[0]?.isClosed).toBe(true)
  expect(sent()).toEqual([[['a']], [['b']]])
})

test('P12 a message that expired in the queue is not sent', async () => {
  const { runtime, driver, put, ends, sent } = stage()
  put('a')
  await runtime.advance(5)
  put('b')
  await runtime.advance(9_900)
  expect(ends).toMatchObject({ b: 'broker-unreachable' })
  put('c')
  driver.producers[0]?.answer()
  await settle()
  expect(sent()).toEqual([[['a'], ['c']]])
})

test('P12 a message that expired during the first try is not in the second one', async () => {
  const { runtime, driver, put, sent } = stage()
  put('a')
  await runtime.advance(9_600)
  driver.producers[0]?.answer(AWAY)
  await settle()
  expect(sent()).toEqual([[['a']]])
})

test('P12 a message that expired while a producer connected is not sent', async () => {
  const { runtime, driver, put, ends, sent } = stage()
  const opened = Promise.withResolvers<void>()
  const open = driver.producer
  driver.producer = () => opened.promise.then(open)
  put('a')
  await runtime.advance(9_600)
  expect(ends).toEqual({ a: 'broker-unreachable' })
  opened.resolve()
  await settle()
  expect(sent().flat()).toEqual([])
})

test('P12 a message that expired while its group was sent one by one is not sent', async () => {
  const { runtime, driver, put, sent } = stage()
  put('a', 'b')
  await runtime.advance(5)
  driver.producers[0]?.answer(LARGE)
  await runtime.advance(9_600)
  driver.producers[1]?.answer()
  await settle()
  expect(sent()[1]).toEqual([['a']])
})

// The connect timed out after 20 s. A producer that connects later would hold its sockets until the process ends.
test('a producer that connects too late is closed', async () => {
  const { runtime, driver, put } = stage()
  const opened = Promise.withResolvers<void>()
  const open = driver.producer
  driver.producer = () => opened.promise.then(open)
  put('a')
  await runtime.advance(30_000)
  opened.resolve()
  await settle()
  expect(driver.producers.map(({ isClosed }) => isClosed)).toEqual([true])
})

describe('I2 with patience for a lost leader', () => {
  /** A topic whose partition "b" has no leader until the test sets one. */
  function leaderless() {
    const made = stage(6_000)
    const state = { isLed: false, tries: 0, taken: [] as unknown[] }
    made.driver.sends = async (messages) => {
      const keys = keysOf(messages)
      if (keys.includes('b')) state.tries++
      if (keys.includes('b') && !state.isLed) throw AWAY
      state.taken.push(...keys)
    }
    return { ...made, state }
  }

  test('a message that no broker took is sent again until one does; others go on meanwhile', async () => {
    const { runtime, put, ends, state } = leaderless()
    put('b')
    await runtime.advance(1_000)
    put('a')
    await runtime.advance(300)
    expect(ends).toEqual({ a: 'durable' })
    await runtime.advance(2_000)
    state.isLed = true
    await runtime.advance(300)
    expect(ends).toEqual({ a: 'durable', b: 'durable' })
    expect(state.taken).toEqual(['a', 'b'])
    expect(state.tries).toBeLessThan(40)
  })

  test('a later message is sent too', async () => {
    const { runtime, put, state } = leaderless()
    put('b')
    await runtime.advance(1_000)
    put('b2')
    state.isLed = true
    await runtime.advance(600)
    expect(state.taken).toEqual(expect.arrayContaining(['b', 'b2']))
  })

  test('it fails when the patience ends', async () => {
    const { runtime, put, ends } = leaderless()
    put('b')
    await runtime.advance(5_900)
    expect(ends).toEqual({})
    await runtime.advance(600)
    expect(ends).toEqual({ b: 'broker-unreachable' })
    expect(runtime.timers).toBe(0)
  })

  test('a closed batcher does not wait', async () => {
    const { runtime, batcher, put, ends } = leaderless()
    put('b')
    await runtime.advance(500)
    const closing = batcher.close()
    await runtime.advance(300)
    await closing
    expect(ends).toEqual({ b: 'broker-unreachable' })
  })

  test('a refused message, or one without a topic, is not tried again', async () => {
    for (const thrown of [REFUSED, LARGE, new BatutaError('topic-missing', 'no such topic')]) {
      const { runtime, driver, put, ends } = stage(6_000)
      driver.sends = () => Promise.reject(thrown)
      put('b')
      await runtime.advance(10)
      expect(ends).toEqual({ b: thrown.code })
    }
  })
})
