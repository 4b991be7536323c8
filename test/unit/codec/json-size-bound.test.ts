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
  })
})
