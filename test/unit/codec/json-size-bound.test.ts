import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addedAtMost, encodedAtMost } from '../../../src/codec/json-size-bound.ts'
import { mergeDeep, mergeFirstLevel } from '../../../src/engine/merge.ts'
import { payloads } from '../../../testing/generators.ts'

const ALL = Number.POSITIVE_INFINITY

function encoded(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

describe('bounds of what a value takes as JSON', () => {
  test('P24 no value takes more than its bound', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => encoded(value) <= encodedAtMost(value, ALL)),
    )
  })

  test.each([
    ['numbers', Array.from({ length: 100 }, () => -1.234567890123456e-300)],
    ['control characters', { ['\u0000'.repeat(50)]: '\u0001'.repeat(50) }],
    ['halves of surrogate pairs', { a: '\ud800'.repeat(50) }],
    ['nothing', [[], {}, '', null, true, -0]],
    ['keys of any name', JSON.parse('{"__proto__":{"constructor":[]}}')],
  ])('P24 %s', (_, value) => expect(encodedAtMost(value, ALL)).toBeGreaterThanOrEqual(encoded(value)))

  test('P24 the bound: 25 bytes a word, 6 a unit of text, 3 for quotes and brackets', () => {
    expect(encodedAtMost([1, null, true], ALL)).toBe(3 + 3 * 25)
    expect(encodedAtMost({ ab: 'c' }, ALL)).toBe(3 + (3 + 12) + (3 + 6))
  })

  test('P24 a size that is just enough is not taken for a smaller one', () => {
    expect(encodedAtMost([1], 3)).toBe(28)
    expect(addedAtMost({ a: 1, b: 2 }, { a: 3, b: 4 }, 25)).toBe(50)
  })

  test('P24 an array that becomes an object is new', () => {
    expect(addedAtMost({ a: [1] }, { a: { 0: 1 } }, ALL)).toBe(encodedAtMost({ 0: 1 }, ALL))
  })

  test.each([mergeFirstLevel, mergeDeep])('P24 what a merge adds: %o', (merge) => {
    fc.assert(
      fc.property(payloads(), payloads(), (before, payload) => {
        const next = merge(before, payload)
        expect(encoded(before) + addedAtMost(before, next, ALL)).toBeGreaterThanOrEqual(encoded(next))
      }),
    )
  })

  test('P24 what a merge has left alone is not looked at', () => {
    const large = { nested: Array.from({ length: 10_000 }, () => 'x'.repeat(100)) }
    const metadata = { large, other: { large } }
    expect(addedAtMost(metadata, mergeFirstLevel(metadata, { small: 'x' }), ALL)).toBeLessThan(100)
    expect(addedAtMost(metadata, mergeDeep(metadata, { other: { small: 'x' } }), ALL)).toBeLessThan(100)
  })

  test('P24 a value of any depth is counted, not thrown at, and no further than needed', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(encodedAtMost(deep, ALL)).toBeGreaterThan(200_000)
    expect(encodedAtMost(deep, 1_000)).toBeLessThan(1_100)
    expect(addedAtMost({ deep: 1 }, { deep }, 1_000)).toBeLessThan(1_100)
    const many = Array.from({ length: 1_000 }, (_, at) => at)
    expect(addedAtMost(many.map(String), many, 1_000)).toBeLessThan(1_100)
  })
})
