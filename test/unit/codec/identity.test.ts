import { describe, expect, it } from 'vitest'
import { decodeRecord } from '../../../adapters/channel/kafka/consumer/record.ts'
import { encodeIdentity, identityOf, identityOfRecord, traceOf } from '../../../src/codec/identity.ts'

describe('P7 the id of a message', () => {
  it('P7 a key as it is and percent-encoded is one id', () => {
    expect(identityOf('caf%C3%A9-1')).toBe('key/café-1')
    expect(identityOf('café-1')).toBe('key/café-1')
    expect(identityOf('a%20b')).toBe(identityOf('a b'))
  })

  it.each(['', '%', '%zz', '%FF', '%ED%A0%80', 'a%00b', '%00', 'a\u0000b', 'k'.repeat(4_097)])(
    'P7 %j is none: it cannot be decoded, or a store would show it cut',
    (header) => expect(identityOf(header)).toBeUndefined(),
  )

  it('P7 an id of more than 200 bytes is kept as its SHA-256', () => {
    const longest = 'k'.repeat(200 - 'key/'.length)
    expect(identityOf(longest)).toBe(`key/${longest}`)
    expect(identityOf(`${longest}k`)).toBe('sha256/234c3348365974715e6ddf29c1ed443fdd49c9b79359c732b43dbb44dc74ba48')
    expect(identityOf(`${longest.slice(1)}%C3%A9`)).toMatch(/^sha256\/[\da-f]{64}$/)
    expect(identityOf('k'.repeat(4_096))).toMatch(/^sha256\/[\da-f]{64}$/)
  })

  it('P7 a record without an id has its position', () => {
    const position = { topic: 't', partition: 3, offset: '5', timestamp: '7' }
    expect(identityOfRecord('c', position)).toBe('kafka/c/t/3/5/7')
    expect(identityOfRecord('c', { ...position, topic: 't'.repeat(249) })).toMatch(/^sha256\//)
  })

  it('P7 the header of a command is read as its id, and its slashes stay', () => {
    expect(encodeIdentity('s/é 1%/0')).toBe('s/%C3%A9%201%25/0')
    expect(identityOf(encodeIdentity('s/é 1%/0'))).toBe('key/s/é 1%/0')
  })

  it('P7 a Kafka header in UTF-8 is the id of its percent-encoded spelling over HTTP; one with NUL is left out', () => {
    const idOf = (header: string) => {
      const value = Buffer.from('{"messageLabel":"a","messagePayload":{}}')
      const record = { key: Buffer.from('S'), value, headers: { 'idempotency-key': Buffer.from(header) } }
      const shelf = { cluster: 'c', topic: 't', partition: 0 }
      const read = decodeRecord(shelf, { ...record, offset: '5', timestamp: '7' } as Parameters<typeof decodeRecord>[1])
      return read.ok ? read.event.id : read.why
    }
    expect(idOf('café-1')).toBe(identityOf('caf%C3%A9-1'))
    expect(idOf('a%00b')).toBe('kafka/c/t/0/5/7')
  })
})

describe('C3.5 the trace of a message', () => {
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  it('is a traceparent, or none', () => {
    expect(traceOf(trace)).toBe(trace)
    const others = [undefined, '', trace.toUpperCase(), `x${trace}`, `${trace}-`, trace.slice(0, -1)]
    expect(others.map(traceOf)).toEqual(others.map(() => undefined))
  })
})
