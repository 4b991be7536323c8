import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import '../../../../adapters/channel/kafka/kafkajs/client.ts'
import type { HeaderValue, KafkaRecord } from '../../../../adapters/channel/kafka/driver.ts'
import { headerOf, headersOf, valuesOf } from '../../../../adapters/channel/kafka/consumer/headers.ts'
import { headersByName } from '../../../../adapters/channel/kafka/kafkajs/headers.ts'
import { decodeRecord } from '../../../../adapters/channel/kafka/consumer/record.ts'
import type { HeaderIntake } from '../../../../src/ports/source.ts'
import { recordBytes } from '../../../../testing/fuzz/record-bytes.ts'
import type { RawHeader } from '../../../../testing/fuzz/record-bytes.ts'
import { record } from '../../../fakes/kafka.ts'

const SHELF = { cluster: 'cluster-1', topic: 'orders', partition: 3 }
const PLACE = 'kafka/cluster-1/orders/3/17/1700000000000'
const bytes = (text: string) => Buffer.from(text)

function idOf(headers: KafkaRecord['headers']): string {
  const read = decodeRecord(SHELF, record('saga-1', 17, { headers }))
  if (!read.ok) throw new Error(read.why)
  return read.event.id
}

describe('P7 C3.5 the idempotency key of a record with odd headers', () => {
  test.each<[string, HeaderValue, string]>([
    ['null', null, PLACE],
    ['null beside a value', [bytes('pay-1'), null], 'key/pay-1'],
    ['null before a value', [null, bytes('pay-1')], 'key/pay-1'],
    ['nothing but nulls', [null, null], PLACE],
    ['several values', [bytes('first'), bytes('last')], 'key/last'],
    ['an empty value at last', [bytes('pay-1'), bytes('')], 'key/pay-1'],
    ['bytes that are not UTF-8 at last', [bytes('pay-1'), Buffer.from([0xff])], 'key/pay-1'],
    ['no value', [], PLACE],
    ['a megabyte', Buffer.alloc(1_048_576, 'k'), PLACE],
    ['what came from no record', [Object as never, bytes('pay-1')], 'key/pay-1'],
    ['only what came from no record', [Object as never], PLACE],
  ])('%s', (_, value, expected) => {
    expect(idOf({ 'idempotency-key': value })).toBe(expected)
  })

  test.each(['Idempotency-Key', 'IDEMPOTENCY-KEY', 'idempotency-KEY'])('its name is "%s"', (name) => {
    expect(idOf({ [name]: bytes('pay-1') })).toBe('key/pay-1')
  })

  test('of two spellings the last one counts', () => {
    expect(idOf({ 'idempotency-key': bytes('one'), 'Idempotency-Key': bytes('two') })).toBe('key/two')
    expect(idOf({ 'idempotency-key': bytes('one'), 'Idempotency-Key': null })).toBe('key/one')
  })

  test('a name that only looks alike does not match', () => {
    expect(idOf({ 'İdempotency-key': bytes('one'), ' idempotency-key': bytes('two') })).toBe(PLACE)
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
  ])('there are no headers: %s', (_, headers) => {
    expect(idOf(headers)).toBe(PLACE)
  })

  test('C3.5 a null traceparent is ignored, and the event is valid', () => {
    const read = decodeRecord(SHELF, record('saga-1', 17, { headers: { traceparent: null } }))
    expect(read).toMatchObject({ ok: true, event: { trace: undefined } })
  })
})

describe('C3.6 the headers that an event hands on', () => {
  const names = new Set(['miauserid', 'x-request-id'])
  const values = (headers: KafkaRecord['headers']) => Object.fromEntries(valuesOf({ headers }, names) ?? [])

  test.each<[string, KafkaRecord['headers'], Readonly<Record<string, string>>]>([
    ['named ones alone', { miauserid: bytes('u'), other: bytes('no'), constructor: bytes('no') }, { miauserid: 'u' }],
    ['in any letter case', { MiaUserId: bytes('u') }, { miauserid: 'u' }],
    ['several values', { miauserid: [bytes('a'), null, bytes(''), bytes('b')] }, { miauserid: 'a, b' }],
    ['several spellings', { 'X-Request-Id': bytes('a'), 'x-request-id': [bytes('b')] }, { 'x-request-id': 'a, b' }],
    [
      'any byte',
      { miauserid: Buffer.from([0x5a, 0xc3, 0xab, 0xff, 0x00, 0x0a]) },
      { miauserid: 'Z\u00C3\u00AB\u00FF\u0000\n' },
    ],
    ['text as UTF-8', { miauserid: 'ë' }, { miauserid: '\u00C3\u00AB' }],
    ['no value', { miauserid: [], 'x-request-id': [null, bytes('')] }, {}],
    ['values that came from no record', { miauserid: [Object as never] }, {}],
    ['null', null, {}],
  ])('%s', (_, headers, expected) => {
    expect(values(headers)).toEqual(expected)
  })

  test('a record without any costs nothing', () => {
    expect(valuesOf({ headers: { 'idempotency-key': bytes('k') } }, names)).toBeUndefined()
    expect(valuesOf({ headers: undefined }, names)).toBeUndefined()
  })

  test('are part of the event, and those left out are not', () => {
    const taken: unknown[] = []
    const take: HeaderIntake['take'] = (found, origin) => {
      taken.push([[...found], origin])
      return { miauserid: 'u' }
    }
    const headers = { miauserid: bytes('u'), 'x-request-id': bytes('\n') }
    expect(decodeRecord(SHELF, record('saga-1', 17, { headers }), { names, take })).toMatchObject({
      ok: true,
      event: { headers: { miauserid: 'u' } },
    })
    const found = [
      ['miauserid', 'u'],
      ['x-request-id', '\n'],
    ]
    expect(taken).toEqual([[found, 'orders/3/17']])
  })
})

const kafkajs = createRequire(import.meta.url)
const Decoder = kafkajs('kafkajs/src/protocol/decoder.js') as new (from: Buffer) => object
const decode = kafkajs('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (
  from: object,
  batch: object,
) => KafkaRecord

/** The headers as kafkajs decodes them. */
function received(headers: readonly RawHeader[]): KafkaRecord {
  const raw = { key: bytes('saga-1'), value: bytes('{}'), headers, timestamp: 0n }
  return decode(new Decoder(recordBytes(raw, 0)), { firstOffset: '17', firstTimestamp: '1700000000000' })
}
const header = (name: string, value: string | null) => ({
  name: bytes(name),
  value: value === null ? null : bytes(value),
})

describe('headers as kafkajs reads them', () => {
  test.each(['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf'])(
    'P20 one named "%s" has its value, and nothing that no record has',
    (name) => {
      expect(headersOf(received([header(name, 'mine')]))).toEqual([[name, bytes('mine')]])
      expect(headersOf(received([header(name, null), header(name, '2')]))).toEqual([
        [name, null],
        [name, bytes('2')],
      ])
    },
  )

  test('several values of one name keep their order', () => {
    const found = headersOf(received([header('a', '1'), header('b', null), header('a', null), header('a', '3')]))
    expect(found.filter(([name]) => name === 'a').map(([, value]) => value && String(value))).toEqual(['1', null, '3'])
  })

  test('P20 a record of headers alone is read in linear time', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => header(`h${index}`, null))
    const same = Array.from({ length: 100_000 }, () => header('same', ''))
    expect(headersOf(received([...names, ...same]))).toHaveLength(200_000)
  })

  test('a record without headers has none', () => {
    expect(headersOf(received([]))).toEqual([])
    expect(headersOf({ headers: headersByName([]) })).toEqual([])
    expect(headerOf({ headers: undefined }, 'idempotency-key')).toBeUndefined()
  })
})

describe('P7 records of the formats before headers', () => {
  const types = { None: 0 }
  const MessageSet = kafkajs('kafkajs/src/protocol/messageSet/index.js') as (set: object) => { readonly buffer: Buffer }
  const decodeSet = kafkajs('kafkajs/src/protocol/messageSet/decoder.js') as (
    from: object,
    size: number,
  ) => Promise<KafkaRecord[]>

  test.each([
    [0, 'kafka/cluster-1/orders/3/-1/-1'],
    [1, 'kafka/cluster-1/orders/3/-1/1700000000000'],
  ])("format %i is read, and the event's id is the record's position", async (messageVersion, id) => {
    const value = '{"messageLabel":"paid","messagePayload":{"sum":12}}'
    const entries = [{ key: 'saga-1', value, timestamp: 1_700_000_000_000 }]
    const { buffer } = MessageSet({ messageVersion, compression: types.None, entries })
    const [found] = await decodeSet(new Decoder(buffer), buffer.length)
    expect(decodeRecord(SHELF, found as KafkaRecord)).toEqual({
      ok: true,
      event: { id, sagaId: 'saga-1', label: 'paid', payload: { sum: 12 }, trace: undefined },
    })
  })
})
