import fc from 'fast-check'
import lodash from 'lodash'
import { describe, expect, test } from 'vitest'
import { mergeWithHook } from '../../../src/engine/merge-with-hook.ts'
import type { Metadata } from '../../../src/engine/saga.ts'
import type { MergeHook } from '../../../src/machine/hook.ts'
import { deepFreeze } from '../../fakes/freeze.ts'

const LIMIT = 1_000_000

/** JSON without the keys by which our merge differs from lodash on purpose (decision 0009). */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, 1, 2, '', 'a', 'b'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const documents = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tree, { maxKeys: 4, noNullPrototype: true })

const CUSTOMIZERS: Readonly<Record<string, MergeHook>> = {
  'leaves all to the merge': () => undefined,
  'joins lists': (before, now) => (Array.isArray(before) && Array.isArray(now) ? [...before, ...now] : undefined),
  'keeps what is there': (before) => before,
  'replaces objects': (_before, now) => (typeof now === 'object' ? now : undefined),
  'answers null for strings': (_before, now) => (typeof now === 'string' ? null : undefined),
  'depends on the key': (before, now, key) => (key === 'a' || key === '0' ? [before, now] : undefined),
  'depends on the objects': (_before, now, _key, object, source) =>
    typeof now === 'number' ? [Object.keys(object as object), Object.keys(source as object)] : undefined,
  'changes the object': (_before, now, _key, object) => {
    if (now === true && !Array.isArray(object)) (object as Record<string, unknown>)['z'] = 'changed'
    return undefined
  },
}

/** A customizer that notes its arguments as they are at the call. */
function noting(hook: MergeHook, calls: string[]): MergeHook {
  return (...values) => {
    calls.push(JSON.stringify(values.slice(0, 5)))
    return hook(...values)
  }
}

describe('mergeWithHook', () => {
  for (const [title, hook] of Object.entries(CUSTOMIZERS)) {
    test(`C2.7 a customizer that ${title}: the same calls and the same result as with lodash`, () => {
      fc.assert(
        fc.property(documents, documents, (metadata, payload) => {
          const [ours, theirs]: [string[], string[]] = [[], []]
          const merged = mergeWithHook(noting(hook, ours), LIMIT)(deepFreeze(metadata), deepFreeze(payload))
          const expected = lodash.mergeWith(
            structuredClone(metadata),
            structuredClone(payload),
            noting(hook, theirs) as (...values: unknown[]) => unknown,
          )
          expect(ours).toEqual(theirs)
          expect(JSON.stringify(merged)).toBe(JSON.stringify(expected))
        }),
        { numRuns: 500 },
      )
    })
  }

  test('C2.7 the objects that a hook gets are copies: it changes neither metadata nor payload', () => {
    const [metadata, payload] = [
      { a: { b: [1] }, c: 1 },
      { a: { b: [2] }, c: 2 },
    ]
    const texts = JSON.stringify([metadata, payload])
    const merge = mergeWithHook((before, now, _key, object, source) => {
      for (const one of [before, now, object, source]) {
        if (typeof one === 'object' && one !== null) Object.assign(one, { mine: true })
      }
      return undefined
    }, LIMIT)
    expect(merge(metadata, payload)).toMatchObject({ mine: true })
    expect(JSON.stringify([metadata, payload])).toBe(texts)
  })

  test.each<[found: string, answer: (limit: number) => unknown]>([
    ['a promise', () => Promise.resolve(1)],
    ['a promise', () => Promise.reject(new Error('later'))],
    ['a function', () => () => 1],
    ['a bigint', () => 1n],
    ['a symbol', () => Symbol('x')],
    ['an instance of Map', () => new Map()],
    [
      'a cycle',
      () => {
        const ring: Record<string, unknown> = {}
        ring['ring'] = { ring }
        return ring
      },
    ],
    ['more than 1000000 characters', () => 'x'.repeat(1_000_001)],
    [
      'more than 1000000 characters',
      () => {
        let value: unknown = 'x'
        for (let level = 0; level < 60; level++) value = [value, value]
        return value
      },
    ],
  ])('P5 a hook that answers %s throws, which refuses the event', (found, answer) => {
    const merge = mergeWithHook(() => answer(LIMIT), LIMIT)
    expect(() => merge({}, { a: 1 })).toThrow(`found ${found}`)
  })

  test('P5 the place of the value is named, and the error of a hook is passed on', () => {
    const merge = mergeWithHook((_before, now) => (now === 1 ? [{ x: () => 1 }] : undefined), LIMIT)
    expect(() => merge({}, { a: { b: 1 } })).toThrow('found a function at "a.b.0.x", expected plain JSON data')
    const broken = mergeWithHook(() => {
      throw new Error('no rate')
    }, LIMIT)
    expect(() => broken({}, { a: 1 })).toThrow('no rate')
  })

  test('C2.7 `__proto__` reaches no prototype and no hook, and an object leaves an array an array', () => {
    const keys: string[] = []
    const merge = mergeWithHook((_before, now, key) => {
      keys.push(key)
      return key === 'length' ? 4_294_967_295 : undefined
    }, LIMIT)
    const evil = '{"__proto__":{"evil":1},"a":{"__proto__":{"evil":1},"constructor":{"prototype":{"evil":1}}}}'
    const merged = merge({ b: [1] }, { ...(JSON.parse(evil) as Metadata), b: { length: 7, 4294967294: 1, 1: 2 } })
    expect(({} as Metadata)['evil']).toBeUndefined()
    expect(merged['b']).toEqual([1, 2])
    expect(keys).not.toContain('__proto__')
  })

  test('C2.7 an object onto an array sets its elements and the next one, by their plain numbers', () => {
    const merge = mergeWithHook(() => undefined, LIMIT)
    const sparse = { 1: 'b', 2: 'c', 4: 'e', '-1': 'x', '01': 'x', '1.5': 'x', '1e0': 'x', '': 'x', name: 'x' }
    expect(merge({ list: ['a', 'a'] }, { list: sparse })).toEqual({ list: ['a', 'b', 'c'] })
    const kinds = mergeWithHook((before, now) => (now === 'own' ? Object.keys(before as object) : undefined), LIMIT)
    const named = kinds({ list: ['a'] }, { list: { '-1': 1, '0.5': 1, keys: 1 }, after: 1 })
    expect(named).toEqual({ list: ['a'], after: 1 })
  })

  test('C2.7 a class that a hook puts into the payload replaces, and an undefined replaces nothing', () => {
    class Price {
      readonly amount = 1
      toJSON(): string {
        return `${this.amount}`
      }
    }
    const merge = mergeWithHook((_before, now, key, _object, source) => {
      if (key === 'first') (source as Record<string, unknown>)['price'] = new Price()
      if (key === 'none') (source as Record<string, unknown>)['none'] = undefined
      return undefined
    }, LIMIT)
    expect(merge({ price: { kept: 1 } }, { first: 1, price: 2 })).toEqual({ first: 1, price: '1' })
  })

  test('C2.7 a source inside of itself is merged once, and its values are told to the hook', () => {
    const stacks: number[] = []
    const merge = mergeWithHook((_before, now, key, _object, source, stack) => {
      stacks.push((stack as Map<unknown, unknown>).size)
      if (key === 'ring') (now as Record<string, unknown>)['self'] = now
      return undefined
    }, LIMIT)
    expect(() => merge({}, { ring: { a: { b: 1 } }, after: 1 })).toThrow('found a cycle at "ring.self"')
    expect(stacks).toEqual([0, 1, 2, 0])
  })

  test('P5 a hook that makes something else of the metadata is refused, and one that clears a value keeps it', () => {
    const making = mergeWithHook((_before, now, _key, object) => {
      if (now === 'text') Object.assign(object as object, { toJSON: () => 'text' })
      return undefined
    }, LIMIT)
    expect(() => making({}, { a: 'text' })).toThrow('found no object, expected metadata')
    const clearing = mergeWithHook((_before, now, _key, _object, source) => {
      if (now === 'clear') (source as Record<string, unknown>)['kept'] = undefined
      return undefined
    }, LIMIT)
    expect(clearing({ kept: 1 }, { a: 'clear', kept: 2 })).toEqual({ kept: 1, a: 'clear' })
  })

  test('C2.5 an object replaces null', () => {
    expect(mergeWithHook(() => undefined, LIMIT)({ a: null }, { a: { b: 1 } })).toEqual({ a: { b: 1 } })
  })

  test('C2.7 a date becomes its text, as JSON has it, and NaN becomes null', () => {
    const merge = mergeWithHook((_before, now) => (now === 'date' ? new Date(0) : Number.NaN), LIMIT)
    expect(merge({}, { a: 'date', b: 1 })).toStrictEqual({ a: '1970-01-01T00:00:00.000Z', b: null })
  })
})
