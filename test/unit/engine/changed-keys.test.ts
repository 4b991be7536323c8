import { describe, expect, test } from 'vitest'
import { changedKeys } from '../../../src/engine/changed-keys.ts'
import { mergeDeep, mergeFirstLevel } from '../../../src/engine/merge.ts'

const BEFORE = { amount: 5, buyer: { name: 'ann', tags: ['a', 'b'] }, note: null }

function changed(payload: Readonly<Record<string, unknown>>, merge = mergeFirstLevel): readonly string[] | undefined {
  return changedKeys(BEFORE, merge(BEFORE, payload), payload)
}

describe('C4.2 the keys that a step changes', () => {
  test('C4.2 new keys and other values are named, in the order of the payload', () => {
    expect(changed({ receipt: 7, amount: 6, note: false })).toEqual(['receipt', 'amount', 'note'])
  })

  test('C4.2 what a client sends back unchanged is not named, whatever the order of its keys', () => {
    expect(changed({ buyer: { tags: ['a', 'b'], name: 'ann' }, amount: 5, note: null })).toBeUndefined()
    expect(changed({})).toBeUndefined()
  })

  test.each([
    { buyer: { name: 'ann', tags: ['a', 'b', 'c'] } },
    { buyer: { name: 'ann', tags: { 0: 'a', 1: 'b' } } },
    { buyer: { name: 'ann' } },
    { buyer: null },
    { buyer: ['ann'] },
  ])('C2.5 a nested value that differs is named: %j', (payload) => {
    expect(changed(payload)).toEqual(['buyer'])
  })

  test('C2.5 a deep merge is judged by its result', () => {
    expect(changed({ buyer: { name: 'ann' } }, mergeDeep)).toBeUndefined()
    expect(changed({ buyer: { name: 'bo' } }, mergeDeep)).toEqual(['buyer'])
  })

  test('own keys count, and no inherited ones', () => {
    const payload = JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":null}') as Record<string, unknown>
    const after = JSON.parse('{"amount":5,"__proto__":{"x":1},"constructor":1,"toString":null}') as typeof payload
    expect(changedKeys({ amount: 5 }, after, payload)).toEqual(['__proto__', 'constructor', 'toString'])
  })

  test('keys of nested values are own ones, too', () => {
    const before = { it: JSON.parse('{"__proto__":{}}') as unknown }
    const payload = { it: { other: 1 } }
    expect(changedKeys(before, payload, payload)).toEqual(['it'])
    const inherits = Object.create({ amount: 1 }) as Record<string, unknown>
    expect(changedKeys({}, { amount: 1 }, inherits)).toBeUndefined()
  })

  test('a value beside another kind of value is changed', () => {
    const nest = (value: unknown) => ({ it: { value } })
    for (const [one, other] of [
      [{}, 0],
      [0, {}],
      [{}, null],
      [null, {}],
    ]) {
      expect(changedKeys(nest(one), nest(other), nest(other))).toEqual(['it'])
    }
  })

  test('I5 the comparison is bounded: a value too large or too deep to compare counts as changed', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    const wide = () => Array.from({ length: 2_000 }, () => [])
    for (const make of [() => deep(3_000), wide]) {
      const [one, same] = [{ it: make() }, { it: make() }]
      expect(changedKeys(one, { ...one, ...same }, same)).toEqual(['it'])
    }
    const [most, equal] = [999, 999].map((length) => ({ it: Array.from({ length }, () => []) }))
    expect(changedKeys(most ?? {}, equal ?? {}, equal ?? {})).toBeUndefined()
  })
})
