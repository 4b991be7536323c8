import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { Batcher } from '../../../../adapters/channel/kafka/producer/batcher.ts'
import { DeadLetters } from '../../../../adapters/channel/kafka/consumer/dead-letters.ts'
import type { DeadLetterOutcome } from '../../../../adapters/channel/kafka/consumer/dead-letters.ts'
import type { KafkaMessage, KafkaRecord, TopicMessages } from '../../../../adapters/channel/kafka/driver.ts'
import { headersByName } from '../../../../adapters/channel/kafka/kafkajs/headers.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { fakeDriver, record } from '../../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const PARTITION = { cluster: 'cluster-1', topic: 'orders', partition: 3 }
const LARGE = new BatutaError('message-too-large', 'too large')

/** A dead-letter topic whose broker gives the test's answer. */
function stage(answer: (message: KafkaMessage | undefined) => Promise<void> = async () => undefined) {
  const [runtime, driver] = [simulatedRuntime(), fakeDriver()]
  const sent: { topic?: string | undefined; message?: KafkaMessage | undefined }[] = []
  driver.sends = ([first]: readonly TopicMessages[]) => {
    sent.push({ topic: first?.topic, message: first?.messages[0] })
    return answer(first?.messages[0])
  }
  const letters = new DeadLetters('dead', new Batcher(driver, runtime), runtime)
  const state = { isWanted: true, put: undefined as DeadLetterOutcome | undefined }
  const put = (more: Partial<KafkaRecord> = {}) => {
    const complaint = { reason: 'unknown-saga', why: 'there is no saga' } as const
    const letter = { partition: PARTITION, record: record('saga-1', 17, more), ...complaint }
    const putting = letters.put(letter, () => state.isWanted)
    void putting.then((outcome) => (state.put = outcome))
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

test('P20 a dead letter is the unchanged record, with headers for reason and position', async () => {
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
  expect(state.put).toBe('written')
})

test('a missing key and a missing value stay missing', async () => {
  const { runtime, sent, put } = stage()
  put({ key: null, value: null })
  await runtime.advance(10)
  expect(sent[0]?.message).toMatchObject({ key: null, value: null })
})

test('the headers of a record that was a dead letter before hold its last position', async () => {
  const { runtime, sent, put } = stage()
  put({ headers: { 'dead-letter-topic': 'elsewhere' } })
  await runtime.advance(10)
  expect(sent[0]?.message?.headers['dead-letter-topic']).toBe('orders')
})

test('P20 a dead letter is tried four times, with doubling waits', async () => {
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
  expect(state.put).toBe('written')
})

test('P20 after four tries it is not written, with the reason: other partitions of its broker must not wait', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw new BatutaError('topic-missing', 'there is no such topic')
  })
  put()
  await runtime.advance(10_000)
  expect(sent).toHaveLength(4)
  expect(state.put).toEqual({ why: 'it was not put into "dead": there is no such topic', isRefused: false })
})

test('P20 an outage of the topic is logged once, and its end once', async () => {
  let isAway = true
  const { runtime, put } = stage(async () => {
    if (isAway) throw new BatutaError('topic-missing', 'there is no such topic')
  })
  for (let record = 0; record < 3; record++) put()
  await runtime.advance(10_000)
  isAway = false
  for (let record = 0; record < 3; record++) put()
  await runtime.advance(10)
  const told = runtime.logged.filter(({ level }) => level !== 'debug')
  expect(told.map(({ level }) => level)).toEqual(['warn', 'info'])
})

test('P20 a topic that refuses a record is sent smaller forms of it, each once', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw new BatutaError('message-refused', 'no such records')
  })
  put()
  await runtime.advance(10)
  expect(sent.map(({ message }) => [String(message?.key), message?.value === null])).toEqual([
    ['saga-1', false],
    ['saga-1', true],
    ['orders/3/17', true],
  ])
  expect(state.put).toEqual({ why: 'it was not put into "dead": no such records', isRefused: true })
})

test('P20 for a compacted topic a record without a key gets its position as key, and the letter notes that', async () => {
  const { runtime, sent, state, put } = stage(async (message) => {
    if (message?.key === null) throw new BatutaError('message-refused', 'compacted topics want keys')
  })
  put({ key: null })
  await runtime.advance(10)
  expect(state.put).toBe('written')
  expect(sent).toHaveLength(2)
  const { message } = sent[1] ?? {}
  expect(message).toMatchObject({ key: 'orders/3/17', value: record('saga-1', 17).value })
  expect(message?.headers['dead-letter-changed']).toBe('the record has no key; the key says where it stands')
})

test('P20 a topic that refuses the smallest form holds no partition', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw LARGE
  })
  put({ key: null, headers: { 'idempotency-key': 'pay-1' } })
  await runtime.advance(10)
  expect(sent).toHaveLength(3)
  expect(state.put).toMatchObject({ isRefused: true })
})

describe('P20 headers that the library can read but not write', () => {
  const encode = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
    message: Partial<KafkaMessage>,
  ) => { readonly buffer: Buffer }
  const CHANGED = 'dead-letter-changed'

  async function letterOf(more: Partial<KafkaRecord>) {
    const { runtime, sent, state, put } = stage()
    put(more)
    await runtime.advance(10)
    expect(state.put).toBe('written')
    const { message } = sent[0] ?? {}
    expect(encode({ ...message, headers: { ...message?.headers } }).buffer.length).toBeGreaterThan(0)
    return { headers: message?.headers ?? {}, logged: runtime.logged }
  }

  test.each(['x', 'idempotency-key', 'traceparent', 'constructor', '__proto__', 'hasOwnProperty', ''])(
    'a null value under "%s" is sent as an empty one, which is said',
    async (name) => {
      const { headers, logged } = await letterOf({ headers: headersByName([{ key: name, value: null }]) })
      expect(headers[name]).toEqual(Buffer.alloc(0))
      expect(headers[CHANGED]).toBe(`header values null, sent as empty: ${JSON.stringify(name)}`)
      const place = { topic: 'orders', partition: 3, offset: '17' }
      expect(logged).toMatchObject([{ level: 'warn', fields: { ...place, changed: headers[CHANGED] } }])
    },
  )

  test('a null value among others keeps its position', async () => {
    const { headers } = await letterOf({ headers: { many: [Buffer.from('1'), null, Buffer.from('3')] } })
    expect(headers['many']).toEqual([Buffer.from('1'), Buffer.alloc(0), Buffer.from('3')])
  })

  test.each(['constructor', '__proto__', 'hasOwnProperty'])('a header named "%s" is copied', async (name) => {
    const { headers } = await letterOf({ headers: headersByName([{ key: name, value: Buffer.from('mine') }]) })
    expect([headers[name], headers[CHANGED]]).toEqual([Buffer.from('mine'), undefined])
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
  ])('headers that are %s and a missing timestamp, as in old formats', async (_, none) => {
    const { headers } = await letterOf({ headers: none, timestamp: undefined })
    expect(headers).toEqual({ ...REASONS, 'dead-letter-timestamp': '-1' })
  })

  test('a name that was not UTF-8 is noted', async () => {
    const { headers } = await letterOf({ headers: { 'x-\uFFFD': Buffer.from('1') } })
    expect(headers[CHANGED]).toBe('header names with U+FFFD, which may not have been UTF-8: "x-\uFFFD"')
  })

  test('headers beyond the limit are left out, and the letter notes that', async () => {
    const list = Array.from({ length: 50_000 }, (_, index) => ({ key: `h${index}`, value: null }))
    const { headers } = await letterOf({ headers: headersByName(list) })
    expect(Object.keys(headers)).toHaveLength(1_000 + Object.keys(REASONS).length + 1)
    expect(headers[CHANGED]).toContain('49000 of 50000 header values left out')
    expect(String(headers[CHANGED]).length).toBeLessThan(500)
  })

  test('headers of an earlier dead letter are replaced, and the letter notes that', async () => {
    const { headers } = await letterOf({
      headers: { 'dead-letter-topic': 'elsewhere', 'Dead-Letter-Topic': 'kept' },
    })
    expect(headers).toMatchObject({ 'dead-letter-topic': 'orders', 'Dead-Letter-Topic': 'kept' })
    expect(headers[CHANGED]).toBe('headers of an earlier dead letter replaced: "dead-letter-topic"')
  })
})

test('P20 a record that is too large is written without value and headers, and the letter notes that', async () => {
  const { runtime, sent, state, put } = stage(async (message) => {
    if (message?.value !== null) throw LARGE
  })
  put({ headers: { 'idempotency-key': 'pay-1' } })
  await runtime.advance(10)
  expect(state.put).toBe('written')
  expect(sent.at(-1)?.message).toEqual({
    key: Buffer.from('saga-1'),
    value: null,
    headers: {
      ...REASONS,
      'dead-letter-why': 'there is no saga; its value is too large to be copied',
      'dead-letter-changed': 'value and headers left out',
    },
  })
})

test('a record of a lost partition is not written', async () => {
  const { runtime, sent, state, put } = stage()
  state.isWanted = false
  put()
  await runtime.advance(10)
  expect([sent.length, state.put]).toEqual([0, 'unwanted'])
})

test('a record of a partition that was lost meanwhile is not tried again', async () => {
  const { runtime, sent, state, put } = stage(async () => {
    throw new BatutaError('topic-missing', 'there is no such topic')
  })
  put()
  await runtime.advance(100)
  state.isWanted = false
  await runtime.advance(60_000)
  expect([sent.length, state.put]).toEqual([1, 'unwanted'])
})

test('P20 a record with a key that is too large does not hold its partition', async () => {
  const { runtime, state, put } = stage(async (message) => {
    if ((message?.key?.length ?? 0) > 1_000_000) throw LARGE
  })
  put({ key: Buffer.alloc(1_040_000, 'k'), value: Buffer.alloc(0) })
  await runtime.advance(600_000)
  expect(state.put).toBe('written')
})
