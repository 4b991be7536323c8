import { describe, expect, test } from 'vitest'
import {
  businessIdForms,
  businessStateIdAs,
  formOf,
  isSameBusinessId,
  latestEventAs,
  newestBusinessIdIn,
} from '../../../src/codec/document-form.ts'

/** A document whose newest entry has a business id. */
function newest(businessStateId: unknown): object {
  return { history: { states: [{ businessStateId: 'older' }, { businessStateId }] } }
}

describe('C5a the form of a collection', () => {
  test.each<[value: unknown, latestEvent: string | undefined]>([
    [{ latestEvent: 'paid' }, 'string'],
    [{ latestEvent: { event: 'paid' } }, 'object'],
    [{ latestEvent: ['paid'] }, undefined],
    [{ latestEvent: null }, undefined],
    [{}, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('latestEvent of %j: %s', (value, form) => expect(formOf(value).latestEvent).toBe(form))

  test.each<[head: unknown, entry: unknown, form: string | undefined]>([
    ['7', 7, 'string'],
    ['7', undefined, 'string'],
    ['7', '7', undefined],
    [7, 7, undefined],
    [undefined, 7, undefined],
  ])('a business id %j beside %j in the history: %s', (businessStateId, entry, form) => {
    expect(formOf({ businessStateId, ...newest(entry) }).businessStateId).toBe(form)
  })

  test('the newest business id is that of the last entry, in any damaged history', () => {
    expect(newestBusinessIdIn(newest(7))).toBe(7)
    const damaged = [
      null,
      {},
      { history: null },
      { history: {} },
      { history: { states: 'x' } },
      { history: { states: [] } },
    ]
    for (const value of [...damaged, { history: { states: [[7]] } }, { history: { states: [null] } }]) {
      expect(newestBusinessIdIn(value)).toBeUndefined()
    }
  })

  test('the newest event is written as the collection has it', () => {
    const events = [{ event: 'made' }, { event: 'asked' }, { event: 'paid', timestamp: 't' }]
    const document = { latestEvent: 'paid', history: { events } }
    expect(latestEventAs({ latestEvent: 'object' }, document)).toBe(events[2])
    expect(latestEventAs({ latestEvent: 'object' }, { latestEvent: 'paid', history: { events: [] } })).toEqual({
      event: 'paid',
    })
    expect([{ latestEvent: 'string' as const }, {}].map((form) => latestEventAs(form, document))).toEqual([
      'paid',
      'paid',
    ])
  })

  test.each<[type: 'string' | 'number' | undefined, id: string | number | null, written: string | number | null]>([
    [undefined, 7, 7],
    [undefined, 'x', 'x'],
    ['string', 7, '7'],
    ['string', null, null],
    ['number', 7, 7],
    ['number', '7', '7'],
    ['number', 'x', null],
    ['number', '', null],
    ['number', null, null],
  ])('in a collection of %s, the id %j is %j', (businessStateId, id, written) => {
    expect(businessStateIdAs({ businessStateId }, id)).toBe(written)
  })

  test.each<[string | number, readonly (string | number)[]]>([
    [7, [7, '7']],
    ['7', [7, '7']],
    ['07', ['07']],
    ['x', ['x']],
    ['', ['']],
  ])('the id %j may stand as %j', (id, forms) => expect(businessIdForms(id)).toEqual(forms))

  test('ids are compared by their text, exactly where both are the machine’s', () => {
    expect([isSameBusinessId('7', 7, false), isSameBusinessId('7', 7, true), isSameBusinessId(7, 7, true)]).toEqual([
      true,
      false,
      true,
    ])
    expect([isSameBusinessId(undefined, 7, false), isSameBusinessId(8, 7, false)]).toEqual([false, false])
  })
})
