import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHead, encodeHead, encodeMetadata, readHead } from '../../../src/codec/head.ts'
import { decodeHistoryRow, encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { bytesOf, fits } from '../../../src/codec/utf8-size.ts'
import { amend, birth, step } from '../../../testing/contract/build.ts'

const business = fc.option(
  fc.record({ id: fc.oneof(fc.string(), fc.integer()), description: fc.option(fc.string(), { nil: undefined }) }),
  { nil: undefined },
)

describe('head', () => {
  const { next: made } = birth({ entity: 'e', metadata: { n: 1 }, fingerprint: 'f', trace: 't' })

  test('P4 is read from its texts as it was written', () => {
    const { next } = step(made, 'reserved', { timer: { step: 1, deadline: 5, resends: 0, event: 'late' } })
    const row = { id: next.id, head: encodeHead(next), metadata: encodeMetadata(next), due: next.due }
    expect(decodeHead(row)).toEqual(next)
  })

  test('P4 a head that a version before dead letters of events has written means what it meant', () => {
    const debt = { id: 's/2/0', label: 'ship', channel: 'shop', attempts: 1, since: 5, due: 9, tried: true }
    const letter = { id: 's/0/0', label: 'pay', channel: 'bank', payload: { n: 1 }, why: 'no', since: 4, attempts: 3 }
    const event = { id: 'early', sagaId: 's', label: 'paid', payload: { n: 3 }, trace: 'T' }
    const words = {
      entity: 'e',
      state: 'shipping',
      event: 'paid',
      length: 3,
      owed: [debt],
      dead: [letter],
      parked: [{ event, since: 6, expires: 7 }],
      timer: { step: 2, deadline: 8, resends: 1, event: 'late' },
      created: 1,
      updated: 6,
    }
    const saga = decodeHead({ id: 's', head: JSON.stringify(words), metadata: '{"n":2}', due: 7 })
    expect(saga).toMatchObject({
      owed: [debt],
      deadLetters: [letter],
      parked: words.parked,
      timer: words.timer,
      due: 7,
    })
    expect(JSON.parse(encodeHead(saga))).toEqual(words)
  })

  test.each([
    ['a channel', { id: 's/0/0' }],
    ['a kind that is known', { id: 's/0/0', channel: 'bank', kind: 'other' }],
  ])('P20 a dead letter without %s is damage', (_, rest) => {
    const letter = { label: 'pay', payload: {}, why: 'no', since: 4, attempts: 3, ...rest }
    const words = { ...JSON.parse(encodeHead(made)), dead: [letter] }
    expect(readHead({ id: 's', head: JSON.stringify(words), metadata: '{}' })).toMatchObject({ ok: false })
  })

  test('P20 a dead letter that is null is damage', () => {
    const words = { ...JSON.parse(encodeHead(made)), dead: [null] }
    expect(readHead({ id: 's', head: JSON.stringify(words), metadata: '{}' })).toMatchObject({ ok: false })
  })

  test('P29 P20 headers of a debt, a dead letter and a parked event that could not be sent are damage', () => {
    const message = { id: 's/0/0', label: 'pay', channel: 'bank', attempts: 0, since: 4 }
    const places = (headers: unknown) => [
      { owed: [{ ...message, due: 9, headers }] },
      { dead: [{ ...message, payload: {}, why: 'no', headers }] },
      { parked: [{ event: { id: 'e', sagaId: 's', label: 'paid', payload: {}, headers }, since: 6, expires: 7 }] },
    ]
    const isRead = (headers: unknown) =>
      places(headers).map((place) => {
        const head = JSON.stringify({ ...JSON.parse(encodeHead(made)), ...place })
        return readHead({ id: 's', head, metadata: '{}' }).ok
      })
    for (const fine of [undefined, {}, { miauserid: 'u \u00e9\t' }]) expect(isRead(fine)).toEqual([true, true, true])
    const broken = [
      null,
      [],
      'text',
      { a: 1 },
      { a: 'b\r\nc' },
      { a: 'b\u0000' },
      { a: '€' },
      { A: 'b' },
      { 'a b': 'c' },
    ]
    for (const one of broken) expect(isRead(one), JSON.stringify(one)).toEqual([false, false, false])
    expect(
      readHead({
        id: 's',
        head: JSON.stringify({ ...JSON.parse(encodeHead(made)), ...places({ a: 'hunter2\n' })[0] }),
        metadata: '{}',
      }),
    ).toEqual({
      ok: false,
      why: 'the head is damaged ("owed.0.headers" is not what it must be)',
    })
  })

  test('C5 carries any JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('__proto__')), fc.jsonValue()),
        (any) => {
          const saga = birth({ metadata: JSON.parse(JSON.stringify(any)) }).next
          expect(decodeHead({ id: saga.id, head: encodeHead(saga), metadata: encodeMetadata(saga) }).metadata).toEqual(
            saga.metadata,
          )
        },
      ),
    )
  })

  test('takes no space for absent fields, nor for the metadata', () => {
    const { next } = amend(made, { settled: made.owed.map(({ id }) => id) })
    const keys = Object.keys(JSON.parse(encodeHead({ ...next, business: undefined, fingerprint: undefined })))
    expect(keys.join(' ')).toBe('entity state event length created updated entered')
  })

  test('a final one stays final', () => {
    const saga = { ...made, isFinal: true }
    expect(decodeHead({ id: 's', head: encodeHead(saga), metadata: '{}', due: made.due }).isFinal).toBe(true)
    expect(decodeHead({ id: 's', head: encodeHead(made), metadata: '{}', due: made.due }).isFinal).toBe(false)
  })

  test('P20 the reason names the damaged part of a row', () => {
    const row = { id: 's', head: encodeHead(made), metadata: '{}', due: 1 }
    const whyOf = (part: object) => {
      const read = readHead({ ...row, ...part })
      return read.ok ? undefined : read.why
    }
    expect(whyOf({})).toBeUndefined()
    expect(whyOf({ head: '{' })).toBe('the head is damaged (it is no JSON)')
    expect(whyOf({ metadata: '{' })).toBe('the metadata is damaged (it is no JSON)')
    expect(whyOf({ metadata: '[]' })).toMatch(/^the metadata is damaged \(it is not what it must be/)
    expect(whyOf({ due: 1e300 })).toMatch(/^due is damaged \(it is not what it must be/)
    expect(() => decodeHead({ ...row, head: '{' })).toThrow(
      new TypeError('read the head of a saga: the head is damaged (it is no JSON)'),
    )
  })

  test('P12 a row that a start released has no lease in its debts', () => {
    const released = decodeHead({ id: made.id, head: encodeHead(made), metadata: '{}', due: 0 })
    expect(released.owed).toEqual(made.owed.map((debt) => ({ ...debt, due: 0 })))
    expect(decodeHead({ id: 's', head: encodeHead({ ...made, owed: [] }), metadata: '{}', due: 0 }).owed).toEqual([])
  })

  test('P12 is due when its row says so', () => {
    const row = { id: made.id, head: encodeHead(made), metadata: '{}' }
    expect(decodeHead({ ...row, due: 0 }).due).toBe(0)
    expect(decodeHead({ ...row, due: null }).due).toBeUndefined()
  })
})

describe('passage', () => {
  test('C5 comes back from its text as it went', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.boolean(),
        business,
        business,
        (event, label, isFinal, ofState, ofEvent) => {
          const passage = {
            at: 1.5,
            event: { id: event, label, business: ofEvent },
            state: { id: 'state', isFinal, business: ofState },
            machine: 'hash',
          }
          expect(decodeHistoryRow({ event, label, passage: encodeHistoryRow(passage) })).toEqual(passage)
        },
      ),
    )
  })
})

describe('size', () => {
  test.each([
    ['\u007f', 1],
    ['\u0080', 2],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\ud7ff', 3],
    ['\ud800\udc00', 4],
    ['\udbff\udfff', 4],
    ['\ue000', 3],
    ['\uffff', 3],
  ])('P24 %j takes %i bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes))

  test('P24 counts what UTF-8 counts, and agrees with itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text).length
        expect(bytesOf(text)).toBe(bytes)
        expect([fits(text, bytes), fits(text, bytes - 1)]).toEqual([true, false])
      }),
    )
  })
})
