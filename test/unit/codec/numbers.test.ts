import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isExact, normalOf } from '../../../src/codec/decimal.ts'
import { parseJson } from '../../../src/codec/json.ts'
import { inexactIn } from '../../../src/codec/numbers.ts'

const EXACT = [
  '0', '-0', '0.0', '0e999', '0.1', '-0.1', '1.10', '100', '1e5', '1E+5', '1e23', '9007199254740991', '9007199254740992',
  '9007199254740994', '18014398509481984', '1.0000000000000000000000', '0.30000000000000004', '0.10000000000000001',
  '0.1000000000000000055511151231257827', '1.7976931348623157e308', '5e-324', '4.9E-324', '2.2250738585072014e-308',
  '123456789012345680000', `1${'0'.repeat(30)}`,
] // prettier-ignore
const INEXACT = [
  ['9007199254740993', '9007199254740992'],
  ['-9007199254740993', '-9007199254740992'],
  ['9007199254740993.0', '9007199254740992'],
  ['9007199254740993e0', '9007199254740992'],
  ['123456789012345678', '123456789012345680'],
  ['9223372036854775808', '9223372036854776000'],
  ['1234567890123456.7', '1234567890123456.8'],
  ['0.1234567890123456789', '0.12345678901234568'],
  ['1e400', 'null'],
  ['-1e400', 'null'],
  ['1.8e308', 'null'],
  [`1${'0'.repeat(400)}`, 'null'],
  ['1e-400', '0'],
  ['3e-324', '5e-324'],
  [`0.${'0'.repeat(400)}1`, '0'],
  [`0.${'1'.repeat(400)}`, '0.1111111111111111'],
] as const

describe('numbers that a double cannot hold', () => {
  test.each(EXACT)('%s is exact', (literal) => {
    expect(isExact(literal)).toBe(true)
    expect(inexactIn(`[${literal}]`)).toBeUndefined()
  })

  test.each(INEXACT)('%s becomes %s', (literal, becomes) => {
    const read = parseJson(`{"a":"1e400","b":[0.1,${literal}]}`)
    expect(read).toMatchObject({ ok: true, inexact: { path: 'b[1]', becomes, count: 1 } })
    expect(read.ok && JSON.stringify(read.value)).toBe(`{"a":"1e400","b":[0.1,${becomes}]}`)
  })

  test('P29 a fraction is compared in as many digits as a double can be asked for', () => {
    const hundred = [100].map((digits) => (2 ** -300).toPrecision(digits)).join()
    const more = hundred.replace('e', '1e')
    expect([isExact(hundred), isExact(more)]).toEqual([true, false])
  })

  test('a number as a double prints it is exact, and so is a fraction rounded to more digits', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 17, max: 60 }),
        (value, digits) => {
          const longer = Number.isInteger(value) ? [] : [value.toPrecision(digits), value.toPrecision(17)]
          for (const literal of [String(value), value.toExponential(), ...longer])
            expect(isExact(literal), literal).toBe(true)
        },
      ),
    )
  })

  test('an integer is exact where it is printed as the same integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (value) => {
        expect(isExact(String(value))).toBe(String(Number(value)) === String(value))
      }),
    )
    for (const near of [2n ** 53n, 2n ** 63n, 10n ** 17n])
      for (let value = near - 20n; value < near + 20n; value++)
        expect(isExact(String(value)), String(value)).toBe(String(Number(value)) === String(value))
  })

  test.each([
    ['{"metadata":{"lines":[1,{"amount":1e400}]}}', 'metadata.lines[1].amount'],
    ['{ "a b" : { "c\\"d" : [ [ ] , { } , [ 1e400 ] ] } }', '["a b"]["c\\"d"][2][0]'],
    ['{"x":{"y":1},"z":"{[,:\\\\","w":-1e400}', 'w'],
    ['[[],{},{"a":[1,2]},1e400]', '[3]'],
    ['{"":1e400}', '[""]'],
  ])('%s: the path of the first one is %s', (text, path) => {
    expect(inexactIn(text)?.path).toBe(path)
  })

  test('strings are skipped, with any content', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '1e999', '9007199254740993', '{', '[', ',') }),
        (text) => {
          expect(inexactIn(JSON.stringify({ [text]: text }))).toBeUndefined()
          const found = inexactIn(JSON.stringify({ [text]: [text, 0] }).replace(',0]', ',1e999]'))
          expect(found?.literal).toBe('1e999')
        },
      ),
    )
  })

  test('all are counted, and two that become the same double are told apart', () => {
    const told = (text: string) => inexactIn(text)?.told()
    expect(inexactIn('[1e400,2,9007199254740993]')?.count).toBe(2)
    expect(told('[9007199254740993]')).not.toEqual(told('[9007199254740995]'))
    expect(told('[9007199254740993]')).toEqual(told('[ 9007199254740993.00 ]'))
    expect(told('[1e400]')).not.toEqual(told('[2e400]'))
  })

  test.each([
    ['[1e400,-1e400,1]', '[null,null,1]'],
    ['{"a":{"b":[1e400,"x",null,true]}}', '{"a":{"b":[null,"x",null,true]}}'],
    ['{"__proto__":1e400,"a":{"__proto__":{"b":1e400}}}', '{"__proto__":null,"a":{"__proto__":{"b":null}}}'],
    ['[9007199254740993,1e400]', '[9007199254740992,null]'],
    ['1e400', 'null'],
  ])('%s is kept as %s, beside what is no number', (text, kept) => {
    const read = parseJson(text)
    expect(read.ok && JSON.stringify(read.value)).toBe(kept)
  })

  test('a key that is kept as null is an own one as before', () => {
    const read = parseJson('{"__proto__":1e400}')
    expect(read.ok && Object.getOwnPropertyDescriptor(read.value, '__proto__')).toEqual({
      value: null,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  })

  test('a value without infinity is kept as it is', () => {
    const value = Object.freeze({ a: 1, b: Object.freeze([2, Infinity]) })
    expect(inexactIn('[9007199254740993]')?.kept(value)).toBe(value)
    expect(() => inexactIn('[9007199254740993,1e400]')?.kept(value)).toThrow(TypeError)
  })

  test('a long one is shown by its first 40 characters', () => {
    const digits = '1234567890'.repeat(4)
    expect(inexactIn(`[${digits}]`)?.literal).toBe(digits)
    expect(inexactIn(`[${digits}1]`)?.literal).toBe(`${digits}…`)
  })

  test.each([
    ['digits: 15 are held by every double', '123456789012345', false],
    ['digits: 17 are not', '12345678901234567', true],
    ['an exponent within the range', '1e250', false],
    ['an exponent beyond it', '1e-330', true],
    ['an exponent of many digits', `1e${'9'.repeat(400)}`, true],
    ['a plus in an exponent', '1e+330', true],
  ])('%s', (_, literal, isInexact) => expect(inexactIn(`[${literal}]`) !== undefined).toBe(isInexact))

  test('one decimal has one normal form', () => {
    for (const one of ['1200', '1.2e3', '1200.0', '0.12E+4', '120000e-2']) expect(normalOf(one)).toBe('0.12e4')
    expect([normalOf('-0.0'), normalOf('-5')]).toEqual(['0', '-0.5e1'])
  })

  test.each([
    ['digits', `[${Array(50_000).fill('0.12345678901234561').join()}]`],
    ['exponents', `[${Array(200_000).fill('1e005').join()}]`],
    ['one number', `[${'9'.repeat(1_000_000)}]`],
    ['zeros', `[${'0.' + '0'.repeat(1_000_000)}1]`],
    ['backslashes', `["${'\\\\'.repeat(1_000_000)}"]`],
    ['quotes', `["${'\\"'.repeat(1_000_000)}"]`],
  ])('I5 a text of nothing but %s takes no more than a moment', { timeout: 20_000 }, (_, text) => {
    expect(parseJson(text).ok).toBe(true)
  })

  test('I5 of many such numbers the first ten thousand are examined, and none stays infinite', () => {
    const text = `{"metadata":{"__proto__":1e400,"a":[${Array(12_000).fill('-1e400').join()}]}}`
    const read = parseJson(text)
    const [beyond] = read.ok && read.inexact !== undefined ? [read.inexact] : []
    expect(beyond).toMatchObject({ path: 'metadata.__proto__', count: 10_000 })
    expect(beyond?.told()).toBe(text)
    const kept = (read.ok && read.value) as { readonly metadata: { readonly a: readonly unknown[] } }
    expect(Object.getOwnPropertyDescriptor(kept.metadata, '__proto__')?.value).toBeNull()
    expect(new Set(kept.metadata.a)).toEqual(new Set([null]))
  })
})
