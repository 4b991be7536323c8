import { describe, expect, it } from 'vitest'
import { decodeRecord } from '../../../adapters/channel/kafka/consumer/record.ts'
import { identityOf } from '../../../src/codec/identity.ts'

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
