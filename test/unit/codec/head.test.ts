import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHead, encodeHead, encodeMetadata } from '../../../src/codec/head.ts'
import { decodeHistoryRow, encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { bytesOf, fits } from '../../../src/codec/utf8-size.ts'
import { amend, birth, step } from '../../../testing/contract/build.ts'

const business = fc.option(
  fc.record({ id: fc.oneof(fc.string(), fc.integer()), description: fc.option(fc.string(), { nil: undefined }) }),
  { nil: undefined },
)

describe('head', () => {
  const { next: made } = birth({ entity: 'e', metadata: { n: 1 }, fingerprint: 'f', trace: 't' })

  test('P4 comes back from its texts as it went', () => {
    const { next } = step(made, 'reserved', { timer: { step: 1, deadline: 5, resends: 0, event: 'late' } })
    const row = { id: next.id, head: encodeHead(next), metadata: encodeMetadata(next), due: next.due }
    expect(decodeHead(row)).toEqual(next)
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

  test('takes no space for what is not there, and the metadata none at all', () => {
    const { next } = amend(made, { settled: made.owed.map(({ id }) => id) })
    const keys = Object.keys(JSON.parse(encodeHead({ ...next, business: undefined, fingerprint: undefined })))
    expect(keys.join(' ')).toBe('entity state event length created updated')
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
