import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { compileSchema, type SchemaCheck } from '../../../src/json-schema/compile-schema.ts'
import { DRAFTS } from './official.ts'

function compiled(schema: unknown): SchemaCheck {
  const compilation = compileSchema(schema)
  if (!compilation.ok) throw new TypeError(JSON.stringify(compilation.problems))
  return compilation.check
}

function list<T>(length: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length }, (_, index) => make(index))
}

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = []
  for (let level = 0; level < levels; level++) value = wrap(value)
  return value
}

/** In microseconds of this thread, so that other work of the machine does not count. */
/** Microseconds of a thread. A check without bounds takes from this to minutes, one with bounds less than a fifth. */
const BOUND = 4_000_000
const LATEST = DRAFTS['2020-12']

/** Payloads of some five MiB, and schemas whose cost could grow faster than these. */
const HEAVY: readonly (readonly [name: string, schema: unknown, value: () => unknown])[] = [
  ['100,000 different objects', { uniqueItems: true }, () => list(100_000, (index) => ({ index }))],
  ['500,000 items', { items: { type: 'number', minimum: 0 } }, () => list(500_000, () => 1)],
  ['500,000 wrong items', { items: { type: 'string' } }, () => list(500_000, () => 1)],
  [
    '100,000 properties too many',
    { additionalProperties: false },
    () => Object.fromEntries(list(100_000, (at) => [at, 1])),
  ],
  [
    '100,000 names and a pattern',
    { patternProperties: { '^(a+)+$': false } },
    () => Object.fromEntries(list(100_000, (at) => [`k${at}`, 1])),
  ],
  ['2,000 texts and a pattern', { items: { pattern: '^(a+)+$' } }, () => list(2_000, () => `${'a'.repeat(999)}!`)],
  [
    '100 arrays to compare with a long one',
    { anyOf: list(100, (at) => ({ const: [at] })) },
    () => list(500_000, () => 'x'),
  ],
  ['2 ways at each of 400 levels', twoWays(), () => nested(400, (a) => ({ a }))],
  [
    'unevaluated properties',
    { $schema: LATEST, allOf: [{ properties: { k1: true } }], unevaluatedProperties: { type: 'number' } },
    () => Object.fromEntries(list(100_000, (at) => [`k${at}`, 1])),
  ],
  [
    '400,000 objects without 200 names',
    { items: { required: list(200, (at) => `k${at}`) } },
    () => list(400_000, () => ({})),
  ],
  [
    '400,000 objects of 200 names',
    { items: { properties: Object.fromEntries(list(200, (at) => [`k${at}`, true])) } },
    () => list(400_000, () => ({})),
  ],
  [
    'violations that turn out not to matter, at 400 levels',
    {
      properties: { a: { $ref: '#' } },
      items: { anyOf: [...list(9, () => ({ type: 'string' })), true] },
    },
    () =>
      Array.from({ length: 400 }).reduce<unknown>(
        (a) => ({ a }),
        list(400_000, () => 1),
      ),
  ],
  [
    'arrays to compare at each of 400 levels',
    { uniqueItems: true, items: { $ref: '#' } },
    () => Array.from({ length: 400 }).reduce<unknown>((inner, _, at) => [inner, at], 'x'.repeat(1_000_000)),
  ],
  [
    'evaluated properties of 50 schemas in one another',
    {
      $schema: LATEST,
      unevaluatedProperties: false,
      ...list(50, () => 0).reduce<object>((schema) => ({ anyOf: [schema] }), { patternProperties: { '^k': true } }),
    },
    () => Object.fromEntries(list(200_000, (at) => [`k${at}`, 1])),
  ],
  [
    '50 times the names of 200,000 properties',
    { allOf: list(50, () => ({ propertyNames: true })) },
    () => Object.fromEntries(list(200_000, (at) => [`k${at}`, 1])),
  ],
  ['800,000 numbers far from their step', { items: { multipleOf: 0.01 } }, () => list(800_000, () => 1e300)],
  [
    '100 lengths of a text of 5 MiB',
    { allOf: list(100, (at) => ({ minLength: 4_000_000 + at })) },
    () => 'x'.repeat(5_000_000),
  ],
  ['a text of 5 MiB and a format', { format: 'uri-template' }, () => '{a}'.repeat(1_700_000)],
]

/** At each level the whole is checked twice. */
function twoWays(): unknown {
  const again = { allOf: [{ $ref: '#' }, { type: 'string' }] }
  return { properties: { a: { anyOf: [again, again] } } }
}

describe('the cost of a check', () => {
  test.each(HEAVY)('C4.2 %s: the work is bounded', { timeout: 30_000 }, (_, schema, make) => {
    const value = make()
    const check = compiled(schema)
    const begun = process.threadCpuUsage()
    const result = check(value)
    const { user, system } = process.threadCpuUsage(begun)
    expect(user + system).toBeLessThan(BOUND)
    expect(result?.violations.length ?? 0).toBeLessThanOrEqual(21)
  })

  test.each([
    ['500 levels', { items: { $ref: '#' } }, nested(500, (inner) => [inner]), undefined],
    ['50,000 levels', { items: { $ref: '#' } }, nested(50_000, (inner) => [inner]), 'a payload that'],
    ['50,000 levels of a value to compare', { const: [[1]] }, nested(50_000, (inner) => [inner]), 'a payload that'],
  ])('C4.2 %s: no overflow of the stack', (_, schema, value, expected) => {
    const result = compiled(schema)(value)
    if (expected === undefined) expect(result).toBeUndefined()
    else expect(result?.violations[0]?.expected).toContain(expected)
  })

  test('C4.2 a check that is stopped inside "not" refuses the payload', () => {
    const [violation] = compiled({ not: { pattern: '^(a+)+$' } })('a'.repeat(1_001))?.violations ?? []
    expect(violation?.expected).toBe('at most 1000 characters, since the pattern "^(a+)+$" may backtrack')
  })
})

describe('the violations of a payload', () => {
  const order = compiled({
    type: 'object',
    required: ['id', 'toString'],
    properties: {
      id: { type: 'string', minLength: 3 },
      items: {
        type: 'array',
        items: { required: ['price'], properties: { price: { type: 'number', exclusiveMinimum: 0 } } },
      },
      'a/b~c': { enum: ['x', 1] },
    },
    additionalProperties: false,
  })

  test('C4.2 all of them are reported, each with its path, without texts of the payload', () => {
    const payload = {
      id: 'my',
      items: [{ price: 1 }, { price: '12' }, {}, { price: 0 }],
      'a/b~c': 'secret',
      more: null,
    }
    expect(order(payload)).toEqual({
      count: 7,
      violations: [
        { pointer: '', found: 'an object', expected: 'the property "toString"' },
        { pointer: '/id', found: 'a string of length 2', expected: 'a string of at least 3 characters' },
        { pointer: '/items/1/price', found: 'a string of length 2', expected: 'a number' },
        { pointer: '/items/2', found: 'an object', expected: 'the property "price"' },
        { pointer: '/items/3/price', found: '0', expected: 'a number above 0' },
        { pointer: '/a~1b~0c', found: 'a string of length 6', expected: 'one of ["x",1]' },
        { pointer: '/more', found: 'null', expected: 'no value' },
      ],
    })
  })

  test('C4.2 their number and length are bounded', () => {
    const result = order(Object.fromEntries(list(500, (at) => [`${'k'.repeat(10_000)}${at}`, 1])))
    expect(result?.count).toBe(502)
    expect(result?.violations).toHaveLength(20)
    expect(JSON.stringify(result).length).toBeLessThan(5_000)
  })

  test('C4.2 a key named as a part of every object is a key like others', () => {
    const check = compiled(
      JSON.parse('{ "required": ["__proto__", "constructor"], "properties": { "__proto__": { "type": "string" } } }'),
    )
    expect(check({})?.count).toBe(2)
    expect(check(JSON.parse('{ "__proto__": "x", "constructor": 1 }'))).toBeUndefined()
    expect(check(JSON.parse('{ "__proto__": 1, "constructor": 1 }'))?.violations[0]).toMatchObject({
      pointer: '/__proto__',
    })
  })

  test('C4.2 where no schema of "anyOf" matches, the violations of each are reported', () => {
    const either = compiled({ anyOf: [{ properties: { a: { type: 'number' } } }, { required: ['b'] }] })
    expect(either({ a: 'x' })?.violations.map(({ pointer, expected }) => `${pointer}: ${expected}`)).toEqual([
      '/a: a number',
      ': the property "b"',
      ': a value that matches one of the 2 schemas of "anyOf"',
    ])
    expect(either({ a: 'x', b: 1 })).toBeUndefined()
  })
})
