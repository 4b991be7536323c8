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
/** With every field that a plain head may have. */
const PLAIN: Json = {
  entity: 'e',
  state: 'asked',
  event: 'made',
  final: true,
  business: { id: 1, description: 'paid' },
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
function variantsOf(record: Json): readonly Json[] {
  return Object.keys({ ...record, ...RARE, ...OF_DEBT, unknown: 1 }).flatMap((name) => {
    const { [name]: _, ...rest } = record
    return [rest, ...VALUES.map((value) => ({ ...rest, [name]: value }))]
  })
}

describe('plain heads', () => {
  test('P20 a damaged head is never plain, whatever the field', () => {
    const heads = [
      ...variantsOf(PLAIN),
      ...variantsOf(DEBT).map((debt) => ({ ...PLAIN, owed: [DEBT, debt] })),
      ...variantsOf({ id: 1, description: 'paid' }).map((business) => ({ ...PLAIN, business })),
      ...variantsOf(DELIVERY).map((delivery) => ({ ...PLAIN, delivered: [delivery] })),
    ]
    const wrong = heads.filter((head) => isPlainHead(head) && !isWhole(head))
    expect(wrong).toEqual([])
    expect(heads.filter(isPlainHead).length).toBeGreaterThan(50)
    expect(heads.filter((head) => !isWhole(head)).length).toBeGreaterThan(200)
    for (const value of VALUES) expect(isPlainHead(value)).toBe(false)
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

  test.each(Object.entries(RARE))('a head with %s is one for the schema', (name, value) => {
    expect([isPlainHead({ ...PLAIN, [name]: value }), isWhole({ ...PLAIN, [name]: value })]).toEqual([false, true])
  })
})
