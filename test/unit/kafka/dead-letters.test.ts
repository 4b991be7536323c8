import { expect, test } from 'vitest'
import { Batcher } from '../../../adapters/channel/kafka/batcher.ts'
import { DeadLetters } from '../../../adapters/channel/kafka/dead-letters.ts'
import type { Kept } from '../../../adapters/channel/kafka/dead-letters.ts'
import type { Message, Received, TopicMessages } from '../../../adapters/channel/kafka/driver.ts'
import { BatutaError } from '../../../src/errors.ts'
import { fakeDriver, record } from '../../fakes/kafka.ts'
import { fakeRuntime } from '../../fakes/runtime.ts'

const SHELF = { cluster: 'cluster-1', topic: 'orders', partition: 3 }
const LARGE = new BatutaError('message-too-large', 'too large')

/** A dead-letter topic whose broker answers as the test says. */
function stage(answer: (message: Message | undefined) => Promise<void> = async () => undefined) {
  const [runtime, driver] = [fakeRuntime(), fakeDriver()]
  const sent: { topic?: string | undefined; message?: Message | undefined }[] = []
  driver.sends = ([first]: readonly TopicMessages[]) => {
    sent.push({ topic: first?.topic, message: first?.messages[0] })
    return answer(first?.messages[0])
  }
  const letters = new DeadLetters('dead', new Batcher(driver, runtime), runtime)
  const state = { isWanted: true, put: undefined as Kept | undefined }
  const put = (more: Partial<Received> = {}) => {
    const putting = letters.put(
      SHELF,
      record('saga-1', 17, more),
      'unknown-saga',
      'there is no saga',
      () => state.isWanted,
    )
    void putting.then((kept) => (state.put = kept))
  }
  return { runtime, sent, state, put }
}

const REASONS = {
  'dead-letter-reason': 'unknown-saga',
  'dead-letter-why': 'there is no saga',
  'dead-letter-topic': 'orders',
  'dead-letter-partition': '3',
  'dead-letter-offset': '17',
  'dead-letter-timestamp': '1700000000000',
}

test('P20 a dead letter is the record as it came, with headers that say why and whence', async () => {
  const { runtime, sent, state, put } = stage()
  const headers = { 'idempotency-key': Buffer.from('pay-1'), many: [Buffer.from('1'), '2'], none: undefined }
  const bytes = { key: Buffer.from([0xff, 0x00]), value: Buffer.from([0xfe]) }
  put({ ...bytes, headers })
  await runtime.advance(10)
  expect(sent).toEqual([
    {
      topic: 'dead',
      message: { ...bytes, headers: { 'idempotency-key': headers['idempotency-key'], many: headers.many, ...REASONS } },
    },
  ])
  expect(state.put).toBe('kept')
})

test('no key and no value stay none', async () => {
  const { runtime, sent, put } = stage()
  put({ key: null, value: null })
  await runtime.advance(10)
  expect(sent[0]?.message).toMatchObject({ key: null, value: null })
})

test('a record that was a dead letter before says where it stood last', async () => {
  const { runtime, sent, put } = stage()
  put({ headers: { 'dead-letter-topic': 'elsewhere' } })
  await runtime.advance(10)
  expect(sent[0]?.message?.headers['dead-letter-topic']).toBe('orders')
})

test('P20 it is tried four times, with waits that double', async () => {
  let failures = 3
  const { runtime, sent, state, put } = stage(async () => {
    if (failures-- > 0) throw new BatutaError('topic-missing', 'there is no such topic')
  })
  put()
  await runtime.advance(1_000)
  expect(sent).toHaveLength(2)
  expect(state.put).toBeUndefined()
  expect(runtime.logged[0]).toMatchObject({ level: 'warn', fields: { topic: 'dead', why: 'there is no such topic' } })
  await runtime.advance(3_000)
  expect(sent).toHaveLength(4)
  expect(state.put).toBe('kept')
})

test('P20 after that the others of its broker need not wait for it: it is not kept, and why', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw new BatutaError('topic-missing', 'there is no such topic')
  })
  put()
  await runtime.advance(10_000)
  expect(sent).toHaveLength(4)
  expect(state.put).toEqual({ why: 'it was not put into "dead": there is no such topic', isRefused: false })
})

test('P20 a topic that never takes such a record is not asked again', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw new BatutaError('message-refused', 'compacted topics want keys')
  })
  put({ key: null })
  await runtime.advance(10)
  expect(sent).toHaveLength(1)
  expect(state.put).toEqual({ why: 'it was not put into "dead": compacted topics want keys', isRefused: true })
})

test('P20 one that is too large goes without its value and its headers, and says so', async () => {
  const { runtime, sent, state, put } = stage(async (message) => {
    if (message?.value !== null) throw LARGE
  })
  put({ headers: { 'idempotency-key': 'pay-1' } })
  await runtime.advance(10)
  expect(state.put).toBe('kept')
  expect(sent.at(-1)?.message).toEqual({
    key: Buffer.from('saga-1'),
    value: null,
    headers: { ...REASONS, 'dead-letter-why': 'there is no saga; its value is too large to be copied' },
  })
})

test('what nobody wants any more is not put there', async () => {
  const { runtime, sent, state, put } = stage()
  state.isWanted = false
  put()
  await runtime.advance(10)
  expect([sent.length, state.put]).toEqual([0, 'unwanted'])
})

test('what nobody wants any more is not tried again', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw new BatutaError('topic-missing', 'there is no such topic')
  })
  put()
  await runtime.advance(100)
  state.isWanted = false
  await runtime.advance(60_000)
  expect([sent.length, state.put]).toEqual([1, 'unwanted'])
})

test('P20 one whose key is too large does not hold its partition', async () => {
  const { runtime, state, put } = stage(async (message) => {
    if ((message?.key?.length ?? 0) > 1_000_000) throw LARGE
  })
  put({ key: Buffer.alloc(1_040_000, 'k'), value: Buffer.alloc(0) })
  await runtime.advance(600_000)
  expect(state.put).toBe('kept')
})
