import { describe, expect, test } from 'vitest'
import { encodeHead, readHead } from '../../../src/codec/head.ts'
import { isPlainHead } from '../../../src/codec/plain-head.ts'
import { amend, birth, step } from '../../../testing/contract/build.ts'

type Json = Readonly<Record<string, unknown>>

const MESSAGE = {
  id: 's/0/0',
  label: 'pay',
  channel: 'bank',
  since: 4,
  trace: 'T',
  headers: { miauserid: 'u' },
  body: '{}',
}
const DEBT = { ...MESSAGE, payload: { n: 1 }, attempts: 0, due: 9, claimed: true, tried: true }
const DELIVERY = { ...MESSAGE, at: 5, sends: 1 }
const BUSINESS = { id: 1, description: 'paid' }
/** With every field that a plain head may have. */
const PLAIN: Json = {
  entity: 'e',
  state: 'asked',
  event: 'made',
  final: true,
  business: BUSINESS,
  length: 2,
  owed: [DEBT],
  fingerprint: 'f',
  delivered: [DELIVERY],
  created: 1,
  updated: 6,
  entered: 3,
  entering: 1,
}
/** Valid values of fields that make a head one for the schema. */
const RARE: Json = {
  dead: [],
  parked: [],
  timer: { step: 2, deadline: 8, resends: 1 },
  hold: { since: 1 },
  operations: [],
}
const OF_DEBT: Json = { held: 5, sends: 2, last: { at: 7, status: 503 } }
const VALUES: readonly unknown[] = [
  null,
  [],
  {},
  [null],
  'text',
  '',
  -1,
  1.5,
  8.65e15,
  -8.65e15,
  Number.MAX_SAFE_INTEGER,
  true,
  false,
]

function textOf(made: ReturnType<typeof birth>['next']): unknown {
  return JSON.parse(encodeHead(made))
}

/** The judgement of the schema: a rare field leads to it. */
function isWhole(head: Json): boolean {
  return readHead({ id: 's', head: JSON.stringify({ ...head, operations: head['operations'] ?? [] }), metadata: '{}' })
    .ok
}

/** The record without a field, and with each value in its place. */
function variantsOf(record: Json, name: string): readonly Json[] {
  const { [name]: _, ...rest } = record
  return [rest, ...VALUES.map((value) => ({ ...rest, [name]: value }))]
}

describe('plain heads', () => {
  const placed: Readonly<Record<string, readonly [record: Json, headOf: (variant: unknown) => Json]>> = {
    head: [PLAIN, (head) => head as Json],
    debt: [DEBT, (debt) => ({ ...PLAIN, owed: [DEBT, debt] })],
    business: [BUSINESS, (business) => ({ ...PLAIN, business })],
    delivery: [DELIVERY, (delivery) => ({ ...PLAIN, delivered: [delivery] })],
  }
  const fields = Object.entries(placed).flatMap(([place, [record, headOf]]) =>
    Object.keys({ ...record, ...RARE, ...OF_DEBT, unknown: 1 }).map((name) => [place, name, record, headOf] as const),
  )

  test.each(fields)('P20 a damaged %s is never plain: %s', (_place, name, record, headOf) => {
    const heads = variantsOf(record, name).map(headOf)
    expect(heads.filter((head) => isPlainHead(head) && !isWhole(head))).toEqual([])
  })

  test.each(Object.entries(placed))(
    'P20 some of the values damage a %s, and some leave it plain',
    (_, [record, headOf]) => {
      const heads = Object.keys(record).flatMap((name) => variantsOf(record, name).map(headOf))
      expect(heads.filter(isPlainHead).length).toBeGreaterThan(8)
      expect(heads.filter((head) => !isWhole(head)).length).toBeGreaterThan(10)
    },
  )

  test.each(VALUES.map((value) => [value]))('P20 %j is no plain head, and no item of a plain one', (value) => {
    expect(isPlainHead(value)).toBe(false)
    expect(isPlainHead({ ...PLAIN, business: value })).toBe(false)
    expect([{ owed: [DEBT, value] }, { delivered: [value] }].map((part) => isPlainHead({ ...PLAIN, ...part }))).toEqual(
      [false, false],
    )
  })

  test('instants have the range of dates', () => {
    for (const created of [8.64e15, -8.64e15]) expect(isPlainHead({ ...PLAIN, created })).toBe(true)
    for (const created of [8.65e15, -8.65e15]) expect(isPlainHead({ ...PLAIN, created })).toBe(false)
  })

  test('most heads are plain: those with a new debt, a claimed one, a delivered one', () => {
    const { next: made } = birth({ entity: 'e', metadata: { n: 1 }, fingerprint: 'f', trace: 't' })
    const tried = made.owed.map(({ id, attempts }) => ({ id, attempts, due: 70 }))
    const claimed = amend(made, { tried }).next
    const settled = amend(claimed, { settled: made.owed.map(({ id }) => id) }).next
    const moved = step(claimed, 'reserved', {}).next
    expect([made, claimed, settled, moved].map(textOf).map(isPlainHead)).toEqual([true, true, true, true])
    expect(isPlainHead(PLAIN)).toBe(true)
  })

  test('a head with nothing but what every head has is plain, and so are a debt and a tag', () => {
    const head = { entity: 'e', state: 'asked', event: 'made', length: 1, created: 1, updated: 1 }
    const message = { id: 's/0/0', label: 'pay', channel: 'bank', since: 4 }
    expect(isPlainHead(head)).toBe(true)
    expect(isPlainHead({ ...head, business: { id: 1 }, owed: [{ ...message, attempts: 0, due: 9 }] })).toBe(true)
    expect(isPlainHead({ ...head, delivered: [{ ...message, at: 5, sends: 1 }] })).toBe(true)
  })

  test.each(Object.entries(RARE))('a head with %s is one for the schema', (name, value) => {
    expect([isPlainHead({ ...PLAIN, [name]: value }), isWhole({ ...PLAIN, [name]: value })]).toEqual([false, true])
  })
})
