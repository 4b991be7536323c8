import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { HeaderValue, KafkaRecord } from '../../../../adapters/channel/kafka/driver.ts'
import { decodeRecord } from '../../../../adapters/channel/kafka/consumer/record.ts'
import { record } from '../../../fakes/kafka.ts'

const SHELF = { cluster: 'cluster-1', topic: 'orders', partition: 3 }
const LONE_BYTE = Buffer.from([0x7b, 0xff, 0x7d])

const read = (more: Partial<KafkaRecord> = {}) => decodeRecord(SHELF, record('saga-1', 17, more))
const value = (text: string) => read({ value: Buffer.from(text) })

function eventOf(more: Partial<KafkaRecord> = {}) {
  const answer = read(more)
  if (!answer.ok) throw new Error(answer.why)
  return answer.event
}

test('C3.3 the key is the saga id, the value has label and payload', () => {
  const text = '{"messageLabel":"paid","messagePayload":{"sum":"12 €"}}'
  const event = eventOf({ key: Buffer.from('saga-é'), value: Buffer.from(text) })
  expect(event).toMatchObject({ sagaId: 'saga-é', label: 'paid', payload: { sum: '12 €' } })
})

test('C3.3 other fields beside label and payload are ignored', () => {
  expect(value('{"messageLabel":"paid","messagePayload":{},"sentBy":"bank","v":2}').ok).toBe(true)
})

describe('P20 a record that no saga can take is recognised', () => {
  test.each<[string, Partial<KafkaRecord>, RegExp]>([
    ['no key', { key: null }, /no key/],
    ['an empty key', { key: Buffer.alloc(0) }, /empty or not UTF-8/],
    ['a key that is not UTF-8', { key: LONE_BYTE }, /empty or not UTF-8/],
    ['a key that is too long', { key: Buffer.from('k'.repeat(1_025)) }, /longer than 1024/],
  ])('%s is a bad key', (_, more, why) => {
    expect(read(more)).toEqual({ ok: false, reason: 'bad-key', why: expect.stringMatching(why) })
  })

  test('a key of the greatest length is valid', () => {
    expect(read({ key: Buffer.from('k'.repeat(1_024)) }).ok).toBe(true)
  })

  test('C3.4 a payload of null is an empty one', () => {
    const value = Buffer.from('{"messageLabel":"paid","messagePayload":null}')
    expect(read({ value })).toMatchObject({ ok: true, event: { label: 'paid', payload: {} } })
  })

  test.each<[string, Buffer | null, RegExp]>([
    ['no value', null, /no value/],
    ['a value that is not UTF-8', LONE_BYTE, /not UTF-8/],
    ['an empty value', Buffer.alloc(0), /value is empty/],
    ['a value that is not JSON', Buffer.from('{"messageLabel":'), /not valid JSON/],
    ['a value that is too deep', Buffer.from('['.repeat(501) + ']'.repeat(501)), /deeper than 500/],
    ['an array', Buffer.from('[]'), /must be an object/],
    ['null', Buffer.from('null'), /must be an object/],
    ['a string', Buffer.from('"paid"'), /must be an object/],
    ['no label', Buffer.from('{"messagePayload":{}}'), /messageLabel is missing/],
    ['no payload', Buffer.from('{"messageLabel":"paid"}'), /messagePayload/],
    [
      'a label that is no string',
      Buffer.from('{"messageLabel":1,"messagePayload":{}}'),
      /messageLabel must be a string/,
    ],
    ['an empty label', Buffer.from('{"messageLabel":"","messagePayload":{}}'), /messageLabel must not be empty/],
    ['a payload that is a text', Buffer.from('{"messageLabel":"a","messagePayload":"b"}'), /messagePayload must be/],
    ['a payload that is an array', Buffer.from('{"messageLabel":"a","messagePayload":[]}'), /messagePayload must be/],
  ])('%s is a bad value', (_, bytes, why) => {
    expect(read({ value: bytes })).toEqual({ ok: false, reason: 'bad-value', why: expect.stringMatching(why) })
  })
})

describe('P7 C3.5 the id of an event', () => {
  const id = (header: HeaderValue) => eventOf({ headers: { 'idempotency-key': header } }).id
  const PLACE = 'kafka/cluster-1/orders/3/17/1700000000000'

  test('is that of its header, percent-encoded UTF-8', () => {
    expect(id(Buffer.from('pay%20%C3%A9/1'))).toBe('key/pay é/1')
  })

  test('a header that is a string is read as one of bytes is', () => {
    expect(id('pay-1')).toBe('key/pay-1')
  })

  test('of many headers of the name the last one counts', () => {
    expect(id([Buffer.from('first'), Buffer.from('last')])).toBe('key/last')
  })

  test.each<[string, HeaderValue]>([
    ['no header', undefined],
    ['an empty header', Buffer.alloc(0)],
    ['no header in the list', []],
    ['a header that cannot be decoded', Buffer.from('%zz')],
    ['a header that is not UTF-8', LONE_BYTE],
  ])("with %s it is the record's position", (_, header) => {
    expect(id(header)).toBe(PLACE)
  })

  test.each([
    ['cluster', decodeRecord({ ...SHELF, cluster: 'cluster-2' }, record('s', 17))],
    ['topic', decodeRecord({ ...SHELF, topic: 'payments' }, record('s', 17))],
    ['partition', decodeRecord({ ...SHELF, partition: 4 }, record('s', 17))],
    ['offset', decodeRecord(SHELF, record('s', 18))],
    ['timestamp', decodeRecord(SHELF, record('s', 17, { timestamp: '1700000000001' }))],
  ])('another %s is another id', (_, other) => {
    expect(other.ok && other.event.id).not.toBe(PLACE)
    expect(other.ok && other.event.id).toMatch(/^kafka\//)
  })

  test('above 200 bytes it is hashed, and up to 200 it is kept', () => {
    const identity = `key/${'é'.repeat(98)}`
    expect(Buffer.byteLength(identity)).toBe(200)
    expect(id(encodeURIComponent('é'.repeat(98)))).toBe(identity)
    const long = `key/${'é'.repeat(98)}x`
    expect(id(encodeURIComponent(`${'é'.repeat(98)}x`))).toBe(
      `sha256/${createHash('sha256').update(long).digest('hex')}`,
    )
  })

  test('a long position is hashed too', () => {
    const topic = 't'.repeat(249)
    const answer = decodeRecord({ ...SHELF, topic }, record('s', 17))
    const place = `kafka/cluster-1/${topic}/3/17/1700000000000`
    expect(answer.ok && answer.event.id).toBe(`sha256/${createHash('sha256').update(place).digest('hex')}`)
  })
})

describe('C3.5 traceparent', () => {
  const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  test('is passed on', () => {
    expect(eventOf({ headers: { traceparent: Buffer.from(TRACE) } }).trace).toBe(TRACE)
  })

  test('is ignored where it is invalid, and the event is valid', () => {
    expect(eventOf({ headers: { traceparent: Buffer.from('somebody') } }).trace).toBeUndefined()
  })
})

test('C3.3 a number that a double cannot hold is reported beside the event', () => {
  const text = (sum: string) => `{"messageLabel":"paid","messagePayload":{"sum":${sum}}}`
  expect(eventOf({ value: Buffer.from(text('0.1')) })).not.toHaveProperty('inexact')
  const event = eventOf({ value: Buffer.from(text('1e400')) })
  expect(event.payload).toEqual({ sum: null })
  expect(event.inexact).toEqual({ path: 'messagePayload.sum', literal: '1e400', becomes: 'null', count: 1 })
})
