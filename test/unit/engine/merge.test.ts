import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeDeep, mergeFirstLevel } from '../../../src/engine/merge.ts'
import type { Metadata } from '../../../src/engine/saga.ts'
import { payloads } from '../../../testing/generators.ts'
import { deepFreeze } from '../../fakes/freeze.ts'

/** Metadata, payload, and their deep merge. */
const DEEP: readonly (readonly [title: string, metadata: Metadata, payload: Metadata, merged: Metadata])[] = [
  ['objects meet key by key', { a: { x: 1, y: 2 } }, { a: { y: 3, z: 4 } }, { a: { x: 1, y: 3, z: 4 } }],
  ['arrays meet index by index', { a: [1, 2, 3] }, { a: [9] }, { a: [9, 2, 3] }],
  ['a longer array goes on', { a: [1] }, { a: [9, 8] }, { a: [9, 8] }],
  ['an empty array changes nothing', { a: [1] }, { a: [] }, { a: [1] }],
  ['an empty object changes nothing', { a: { x: 1 } }, { a: {} }, { a: { x: 1 } }],
  ['objects in arrays meet too', { a: [{ x: 1 }, 2] }, { a: [{ y: 2 }] }, { a: [{ x: 1, y: 2 }, 2] }],
  ['arrays in arrays meet too', { a: [[1, 2]] }, { a: [[9]] }, { a: [[9, 2]] }],
  ['undefined is skipped', { a: 1, b: { x: 1 } }, { a: undefined, b: { x: undefined } }, { a: 1, b: { x: 1 } }],
  ['undefined in an array is skipped', { a: [1, 2] }, { a: [undefined, 9] }, { a: [1, 9] }],
  ['null replaces', { a: 1, b: { x: 1 }, c: [1] }, { a: null, b: null, c: null }, { a: null, b: null, c: null }],
  ['null in an array replaces', { a: [{ x: 1 }] }, { a: [null] }, { a: [null] }],
  ['null is replaced', { a: null, b: null }, { a: { x: 1 }, b: [1] }, { a: { x: 1 }, b: [1] }],
  ['a primitive replaces an object', { a: { x: 1 }, b: [1] }, { a: 1, b: '' }, { a: 1, b: '' }],
  ['an object replaces a primitive', { a: 1, b: '' }, { a: { x: 1 }, b: [1] }, { a: { x: 1 }, b: [1] }],
  ['an array replaces an object', { a: { x: 1, 0: 'no' } }, { a: [1] }, { a: [1] }],
  ['an array replaces a string', { a: 'text' }, { a: ['n'] }, { a: ['n'] }],
  [
    'an object meets an array by its elements',
    { a: [1, { x: 1 }] },
    { a: { 1: { y: 2 } } },
    { a: [1, { x: 1, y: 2 }] },
  ],
  ['an object goes on where an array ends', { a: [1] }, { a: { 1: 2, 2: [3] } }, { a: [1, 2, [3]] }],
  ['false, 0 and "" replace', { a: 1, b: 1, c: 1 }, { a: false, b: 0, c: '' }, { a: false, b: 0, c: '' }],
  ['keys that objects have are keys', { toString: 1 }, { valueOf: { x: 1 } }, { toString: 1, valueOf: { x: 1 } }],
]

/** JSON, so that `__proto__` is an own key. */
const EVIL = ['{"__proto__":{"evil":1}}', '{"a":{"__proto__":{"evil":1}}}', '{"constructor":{"prototype":{"evil":1}}}']

describe('mergeDeep', () => {
  for (const [title, metadata, payload, merged] of DEEP) {
    test(`C2.5 ${title}`, () => expect(mergeDeep(metadata, payload)).toStrictEqual(merged))
  }

  test('C2.5 an object never leaves an array as anything but an array of values', () => {
    for (const key of ['length', '4294967294', '4294967295', '9', '-1', '01', '1.5', '1e0', 'x', '']) {
      for (const value of [0, -1, 7, 'x', null, {}]) {
        const { a } = mergeDeep({ a: [1, 2] }, { a: { [key]: value } })
        expect([key, value, a, Object.keys(a as object)]).toEqual([key, value, [1, 2], ['0', '1']])
      }
    }
  })

  test('C2.5 `__proto__` and `constructor` reach no prototype, at any depth and on either side', () => {
    for (const one of [...EVIL, '{"a":{"b":1}}', '{"a":[1]}']) {
      for (const other of EVIL) {
        const merged = mergeDeep(JSON.parse(one), JSON.parse(other))
        expect(({} as Metadata)['evil']).toBeUndefined()
        expect(([] as unknown as Metadata)['evil']).toBeUndefined()
        expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
        expect(merged['evil']).toBeUndefined()
        expect((merged['a'] as Metadata | undefined)?.['evil']).toBeUndefined()
      }
    }
  })

  test('C2.5 an object with a length is no array, and a large length costs no time', () => {
    for (const length of [2 ** 32, 2 ** 32 - 1, 2 ** 53 - 1, -1, 2]) {
      expect(mergeDeep({ a: { length } }, { a: [] })).toStrictEqual({ a: [] })
      expect(mergeDeep({ a: [] }, { a: { length } })).toStrictEqual({ a: [] })
      expect(mergeDeep({ a: { length } }, { a: { length: [1] } })).toStrictEqual({ a: { length: [1] } })
    }
  })

  test('C2.5 a value that is no JSON replaces and is not merged', () => {
    const [date, one] = [new Date(0), new (class One {})()]
    const merged = mergeDeep({ a: { x: 1 }, b: date }, { a: date, b: one })
    expect([merged['a'] === date, merged['b'] === one]).toEqual([true, true])
    const bare = Object.assign(Object.create(null), { y: 2 })
    expect(mergeDeep({ a: { x: 1 } }, { a: bare })).toStrictEqual({ a: { x: 1, y: 2 } })
  })

  test('C2.5 keys that objects inherit are merged like others, and no input changes', () => {
    for (const key of ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__']) {
      const metadata = { [key]: { x: { y: 1 } }, in: { [key]: [{ y: 1 }] } }
      const merged = mergeDeep(deepFreeze(metadata), { [key]: { x: { z: 2 } }, in: { [key]: [{ z: 2 }] } })
      expect(merged).toEqual({ [key]: { x: { y: 1, z: 2 } }, in: { [key]: [{ y: 1, z: 2 }] } })
    }
  })

  test('C2.5 an undefined is skipped even where a key of that name is inherited', () => {
    expect(mergeDeep({}, { constructor: undefined })['constructor']).toBeUndefined()
  })

  test('C2.5 a later merge changes neither inputs nor result of an earlier one', () => {
    fc.assert(
      fc.property(fc.array(payloads(), { minLength: 2, maxLength: 5 }), (given) => {
        const texts = given.map((one) => JSON.stringify(one))
        const made = given
          .slice(1)
          .reduce<Metadata[]>((all, one) => [...all, mergeDeep(all.at(-1) ?? {}, one)], [given[0] ?? {}])
        const seen = made.map((one) => JSON.stringify(one))
        mergeDeep(made.at(-1) ?? {}, JSON.parse('{"a":{"a":[[0]],"b":{"a":0}},"b":[{"a":{"x":1}},[0]],"0":{"0":0}}'))
        expect(given.map((one) => JSON.stringify(one))).toEqual(texts)
        expect(made.map((one) => JSON.stringify(one))).toEqual(seen)
      }),
    )
  })

  test('C2.5 any two JSON objects merge, frozen ones too, to what JSON carries whole', () => {
    fc.assert(
      fc.property(payloads(), payloads(), (metadata, payload) => {
        const merged = mergeDeep(deepFreeze(metadata), deepFreeze(payload))
        expect(JSON.parse(JSON.stringify(merged))).toEqual(merged)
        expect(JSON.stringify(merged).length).toBeLessThan(
          JSON.stringify(metadata).length + JSON.stringify(payload).length,
        )
      }),
    )
  })

  test('C2.5 the same payload again changes nothing, and onto nothing it is itself', () => {
    const plain = payloads().filter((payload) => !JSON.stringify(payload).includes('__proto__'))
    fc.assert(
      fc.property(plain, plain, (metadata, payload) => {
        const once = mergeDeep(metadata, payload)
        expect(JSON.stringify(mergeDeep(once, payload))).toBe(JSON.stringify(once))
        expect(JSON.stringify(mergeDeep({}, payload))).toBe(JSON.stringify(payload))
        expect(JSON.stringify(mergeDeep(metadata, {}))).toBe(JSON.stringify(metadata))
      }),
    )
  })

  test('C2.5 500 levels do not overflow, of objects or of arrays, met or not', () => {
    const chain = (leaf: unknown, wrap: (inner: unknown) => unknown): Metadata => {
      let value = leaf
      for (let level = 0; level < 500; level++) value = wrap(value)
      return { top: value }
    }
    for (const wrap of [(inner: unknown) => ({ a: inner }), (inner: unknown) => [inner]]) {
      expect(mergeDeep(chain({ x: 1 }, wrap), chain({ y: 2 }, wrap))).toEqual(chain({ x: 1, y: 2 }, wrap))
      expect(mergeDeep({}, chain(1, wrap))).toEqual(chain(1, wrap))
    }
    const objects = chain({ y: 2 }, (inner) => ({ 0: inner }))
    const arrays = chain({ x: 1 }, (inner) => [inner])
    expect(mergeDeep(arrays, objects)).toEqual(chain({ x: 1, y: 2 }, (inner) => [inner]))
  })

  test('C2.5 one object at two places of a payload is merged at each', () => {
    const address = { city: 'x' }
    const merged = mergeDeep({ bill: { a: 1 }, ship: { b: 2 } }, { bill: address, ship: address })
    expect(merged).toEqual({ bill: { a: 1, city: 'x' }, ship: { b: 2, city: 'x' } })
  })
})

describe('mergeFirstLevel', () => {
  test('C2.5 top-level keys replace, nested objects and arrays are replaced whole', () => {
    const merged = mergeFirstLevel({ a: { x: 1 }, b: [1, 2], c: 1 }, { a: { y: 2 }, b: [9], d: null })
    expect(merged).toStrictEqual({ a: { y: 2 }, b: [9], c: 1, d: null })
  })

  test('C2.5 null replaces', () => expect(mergeFirstLevel({ a: { x: 1 } }, { a: null })).toEqual({ a: null }))

  test('C2.5 `__proto__` is a key like any other and reaches no prototype', () => {
    const merged = mergeFirstLevel({ a: 1 }, JSON.parse('{"__proto__":{"evil":1}}'))
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect([merged['evil'], ({} as Metadata)['evil']]).toEqual([undefined, undefined])
    expect(JSON.stringify(merged)).toBe('{"a":1,"__proto__":{"evil":1}}')
  })

  test('C2.5 neither input changes, and every key comes from one of the two', () => {
    fc.assert(
      fc.property(payloads(), payloads(), (metadata, payload) => {
        const merged = mergeFirstLevel(deepFreeze(metadata), deepFreeze(payload))
        expect(new Set(Object.keys(merged))).toEqual(new Set([...Object.keys(metadata), ...Object.keys(payload)]))
        for (const key of Object.keys(merged)) {
          const from = Object.hasOwn(payload, key) ? payload : metadata
          expect(Object.getOwnPropertyDescriptor(merged, key)?.value).toBe(
            Object.getOwnPropertyDescriptor(from, key)?.value,
          )
        }
      }),
    )
  })
})
