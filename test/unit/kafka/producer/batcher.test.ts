import { expect, test } from 'vitest'
import { Batcher } from '../../../../adapters/channel/kafka/producer/batcher.ts'
import type { TopicMessages } from '../../../../adapters/channel/kafka/driver.ts'
import { fakeDriver } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const message = (key: string, value = '') => ({ key, value, headers: {} })
const keys = (sent: readonly TopicMessages[] | undefined) =>
  sent?.map(({ topic, messages }) => [topic, messages.map(({ key }) => key)])
const sizeOf = (sent: readonly TopicMessages[]) => sent.flatMap(({ messages }) => messages).length

function stage() {
  const [runtime, driver] = [simulatedRuntime(), fakeDriver()]
  return { runtime, driver, batcher: new Batcher(driver, runtime) }
}

test('messages put at about the same time share one request', async () => {
  const { runtime, driver, batcher } = stage()
  const put = Array.from({ length: 500 }, (_, index) => batcher.put(['out'], message(`saga-${index}`), 9_500))
  await runtime.advance(5)
  expect(driver.producers).toHaveLength(1)
  expect(driver.producers[0]?.sent.map(sizeOf)).toEqual([500])
  driver.producers[0]?.answer()
  await Promise.all(put)
})

test('C3.1 every message goes to all its topics', async () => {
  const { runtime, driver, batcher } = stage()
  const put = [batcher.put(['a', 'b'], message('1'), 9_500), batcher.put(['b', 'c'], message('2'), 9_500)]
  await runtime.advance(5)
  expect(keys(driver.producers[0]?.sent[0])).toEqual([
    ['a', ['1']],
    ['b', ['1', '2']],
    ['c', ['2']],
  ])
  driver.producers[0]?.answer()
  await Promise.all(put)
})

test('I5 one request after the other, each key in its order', async () => {
  const { runtime, driver, batcher } = stage()
  const numbered = (number: number) => batcher.put(['out'], { key: 'a', value: String(number), headers: {} }, 9_500)
  const put = [numbered(1), numbered(2)]
  await runtime.advance(5)
  put.push(numbered(3), numbered(4))
  await runtime.advance(50)
  const [producer] = driver.producers
  expect(producer?.sent).toHaveLength(1)
  producer?.answer()
  await settle()
  expect(producer?.sent).toHaveLength(2)
  producer?.answer()
  await Promise.all(put)
  const values = producer?.sent.flatMap((sent) => sent.flatMap(({ messages }) => messages.map(({ value }) => value)))
  expect(values).toEqual(['1', '2', '3', '4'])
})

test('put resolves when its message is durable, not sooner', async () => {
  const { runtime, driver, batcher } = stage()
  let isDone = false
  const put = batcher.put(['out'], message('a'), 9_500).then(() => (isDone = true))
  await runtime.advance(100)
  expect(isDone).toBe(false)
  driver.producers[0]?.answer()
  await put
})

test('a request has at most 800 messages', async () => {
  const { runtime, driver, batcher } = stage()
  driver.sends = async () => undefined
  const put = Array.from({ length: 2_000 }, () => batcher.put(['out'], message('a'), 9_500))
  await runtime.advance(10)
  await Promise.all(put)
  expect(driver.producers[0]?.sent.map(sizeOf)).toEqual([800, 800, 400])
})

test('a request has at most 900,000 bytes, keys, values and headers of UTF-8 together', async () => {
  const { runtime, driver, batcher } = stage()
  driver.sends = async () => undefined
  const third = { key: 'k'.repeat(1_000), value: 'é'.repeat(100_000), headers: { note: 'n'.repeat(98_890) } }
  const list = { ...third, headers: { note: ['n'.repeat(49_000), Buffer.alloc(49_890)] } }
  const put = [third, list, third, third].map((one) => batcher.put(['out'], one, 9_500))
  await runtime.advance(10)
  await Promise.all(put)
  expect(driver.producers[0]?.sent.map(sizeOf)).toEqual([3, 1])
})

test('a larger message is sent alone', async () => {
  const { runtime, driver, batcher } = stage()
  driver.sends = async () => undefined
  const large = message('large', 'x'.repeat(950_000))
  const put = [message('a'), large, message('b')].map((one) => batcher.put(['out'], one, 9_500))
  await runtime.advance(10)
  await Promise.all(put)
  expect(driver.producers[0]?.sent.map(sizeOf)).toEqual([1, 1, 1])
})

test('a message put at the end of the last request is sent, at whatever moment', async () => {
  for (let ticks = 0; ticks < 12; ticks++) {
    const { runtime, driver, batcher } = stage()
    const first = batcher.put(['out'], message('a'), 9_500)
    await runtime.advance(5)
    driver.producers[0]?.answer()
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
    const second = batcher.put(['out'], message('b'), 9_500)
    await runtime.advance(5)
    expect(driver.producers[0]?.sent, `${ticks} ticks later`).toHaveLength(2)
    driver.producers[0]?.answer()
    await Promise.all([first, second])
  }
})

test('close ends the requests in flight, then closes the producer, and refuses messages', async () => {
  const { runtime, driver, batcher } = stage()
  const put = batcher.put(['out'], message('a'), 9_500)
  await runtime.advance(5)
  const closing = batcher.close()
  await settle()
  expect(driver.producers[0]?.isClosed).toBe(false)
  await expect(batcher.put(['out'], message('b'), 9_500)).rejects.toMatchObject({ code: 'broker-unreachable' })
  driver.producers[0]?.answer()
  await closing
  await put
  expect(driver.producers[0]?.isClosed).toBe(true)
})

test('no timer is left after a time-out', async () => {
  const { runtime, driver, batcher } = stage()
  driver.sends = async () => undefined
  const put = batcher.put(['out'], message('a'), 9_500)
  await runtime.advance(5)
  await put
  expect(runtime.timers).toBe(0)
})
