import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergePatch } from '../../../src/engine/merge-patch.ts'
import type { Metadata } from '../../../src/engine/saga.ts'

/** Those of RFC 7396, appendix A, whose target and patch are objects. */
const EXAMPLES: readonly (readonly [Metadata, Metadata, Metadata])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

describe('P25 a JSON merge patch (RFC 7396)', () => {
  test.each(EXAMPLES)('P25 %j patched by %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })

  test('P25 a key named as the prototype is a key', () => {
    const patch = JSON.parse('{ "__proto__": { "polluted": true }, "constructor": { "a": null } }') as Metadata
    const merged = mergePatch({}, patch)
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true},"constructor":{}}')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('P25 a patch changes neither argument, and applied twice it is the same', () => {
    const json = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue({ maxDepth: 3 }))
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify([target, patch])
        const once = mergePatch(target as Metadata, patch as Metadata)
        expect(JSON.stringify([target, patch])).toBe(before)
        expect(mergePatch(once, patch as Metadata)).toEqual(once)
      }),
    )
  })
})
