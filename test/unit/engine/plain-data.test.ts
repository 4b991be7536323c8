import { describe, expect, test, vi } from 'vitest'
import { isPlainObject, plainData, setKey } from '../../../src/engine/plain-data.ts'
import { reasonThrown } from '../../../src/engine/reason-thrown.ts'

const MUCH = 1_000
const SHARED = { x: 1 }

function whyNot(value: unknown, limit = MUCH): string | undefined {
  const plain = plainData(value, limit)
  return plain.ok ? undefined : plain.why
}

describe('P5 what a hook made, as plain data', () => {
  test.each<[string, unknown, unknown]>([
    ['texts, numbers, booleans and null', ['a', 1, true, false, null], ['a', 1, true, false, null]],
    ['a number that JSON lacks is null', [Number.NaN, Number.POSITIVE_INFINITY, -0.5], [null, null, -0.5]],
    ['a key with undefined is left out, an element is null', { a: undefined, b: [undefined, 1] }, { b: [null, 1] }],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['toJSON is called with its key', { at: { toJSON: (key: string) => `${key}!` } }, { at: 'at!' }],
    ['toJSON of the whole has an empty key', { toJSON: (key: string) => `<${key}>` }, '<>'],
    ['one object at two places', Array.from({ length: 2 }, () => SHARED), [{ x: 1 }, { x: 1 }]],
  ])('%s', (_, value, copy) => {
    expect(plainData(value, MUCH)).toStrictEqual({ ok: true, value: copy })
  })

  test('it is a copy', () => {
    const value = { a: { b: [1] } }
    const plain = plainData(value, MUCH)
    expect(plain.ok && plain.value).not.toBe(value)
    expect(plain.ok && (plain.value as typeof value).a.b).not.toBe(value.a.b)
  })

  test('`__proto__` is a key like any other', () => {
    const plain = plainData(JSON.parse('{"__proto__": {"x": 1}}'), MUCH)
    expect(plain.ok && Object.keys(plain.value as object)).toEqual(['__proto__'])
  })

  const cycle: { inner?: unknown } = {}
  cycle.inner = [cycle]
  class Price {}
  class Named {}
  Object.defineProperty(Named, 'name', { value: 'N'.repeat(61) })
  test.each<[found: string, value: unknown]>([
    ['nothing', undefined],
    ['a function at "a"', { a: () => 1 }],
    ['a symbol at "a.1"', { a: [0, Symbol('s')] }],
    ['a bigint', 1n],
    ['a promise at "a"', { a: Promise.resolve() }],
    ['a cycle at "inner.0"', cycle],
    ['an instance of Map at "0"', [new Map()]],
    ['an instance of Price', new Price()],
    ['an object of a class', new (class {})()],
    [`an instance of ${'N'.repeat(60)}`, new Named()],
    ['an object of a class', Object.create(Object.create(Object.create(null)))],
    ['nothing', { toJSON: () => undefined }],
    ['an instance of Price', { toJSON: () => new Price() }],
    ['a function', () => 1],
  ])('found %s', (found, value) => {
    expect(whyNot(value)).toBe(`found ${found}, expected plain JSON data`)
  })

  test('an object whose toJSON answers itself is refused', () => {
    const value = { toJSON: (): unknown => value }
    expect(whyNot(value)).toMatch(/^found an instance of Object/)
  })

  test('a promise that is refused rejects in silence', async () => {
    expect(whyNot(Promise.reject(new Error('later')))).toBe('found a promise, expected plain JSON data')
    await new Promise((resolve) => setImmediate(resolve))
  })

  test('a promise is heard out: its rejection has a handler', () => {
    const promise = Promise.resolve()
    const then = vi.spyOn(promise, 'then')
    whyNot(promise)
    expect(then.mock.calls.flat().map((handler) => typeof handler)).toEqual(['function', 'function'])
  })

  test('the place of a value far inside is cut', () => {
    const deep = (levels: number, key: string): unknown => (levels === 0 ? 1n : { [key]: deep(levels - 1, key) })
    expect(whyNot(deep(25, 'k'))).toBe(`found a bigint at "${Array(20).fill('k').join('.')}", expected plain JSON data`)
    expect(whyNot(deep(3, 'k'.repeat(150)), 10_000)?.length).toBe(
      'found a bigint at "", expected plain JSON data'.length + 200,
    )
  })

  test('the error of a getter or of toJSON is the reason', () => {
    const value = {
      get a(): never {
        throw new Error('not\n  now')
      },
    }
    expect(whyNot(value)).toBe('not now')
  })

  test('1,000 levels are copied, one more is refused', () => {
    const lists = (levels: number): unknown => {
      let value: unknown = 1
      for (let level = 0; level < levels; level++) value = [value]
      return value
    }
    expect(whyNot(lists(1_000), 100_000)).toBeUndefined()
    expect(whyNot(lists(1_001), 100_000)).toContain('found more than 1000 levels at "0.0.')
  })

  test.each<[value: unknown, size: number]>([
    ['abc', 4],
    [7, 2],
    [true, 5],
    [null, 5],
    [[], 3],
    [{}, 3],
    [['abc', 7], 9],
    [{ ab: 'c' }, 10],
  ])('%j has %i characters, roughly: at this limit it is taken, below it refused', (value, size) => {
    expect(whyNot(value, size)).toBeUndefined()
    expect(whyNot(value, size - 1)).toBe(
      `found more than ${size - 1} characters of JSON, expected less (MAX_SAGA_SIZE, or the limit of the store)`,
    )
  })
})

describe('C2.5 an object as JSON makes it', () => {
  test.each<[unknown, boolean]>([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ['text', false],
    [undefined, false],
    [new Date(), false],
    [() => 1, false],
  ])('%o: %j', (value, expected) => expect(isPlainObject(value)).toBe(expected))

  test('a key is set as an own one that can be read, changed and listed', () => {
    const object: Record<string, unknown> = {}
    setKey(object, '__proto__', { x: 1 })
    setKey(object, 'a', 2)
    expect([Object.keys(object), Object.getPrototypeOf(object)]).toEqual([['__proto__', 'a'], Object.prototype])
    expect(Object.getOwnPropertyDescriptor(object, '__proto__')).toEqual({
      value: { x: 1 },
      writable: true,
      enumerable: true,
      configurable: true,
    })
    expect('x' in object).toBe(false)
  })
})

describe('P5 the reason of what a function threw', () => {
  const mute = {
    toString() {
      throw new Error('mute')
    },
  }
  test.each<[unknown, string]>([
    [new Error('no\n\t more'), 'no more'],
    [new TypeError(''), 'TypeError'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [mute, 'a value without text was thrown'],
    ['x'.repeat(300), 'x'.repeat(300)],
    ['x'.repeat(301), `${'x'.repeat(300)}…`],
  ])('%o: %j', (thrown, reason) => expect(reasonThrown(thrown)).toBe(reason))
})
