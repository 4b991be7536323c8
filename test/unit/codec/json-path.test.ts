import { describe, expect, test } from 'vitest'
import { canonical } from '../../../src/codec/canonical-json.ts'
import { endOfString, pathAt } from '../../../src/codec/json-path.ts'
import { DEEPEST, parseJson } from '../../../src/codec/json.ts'
import { LARGEST_RECORD, mustFitRecord } from '../../../src/codec/record-bound.ts'

/** The path of the mark in a text, which is otherwise valid JSON. */
function pathOf(text: string): string {
  return pathAt(text.replace('@', '7'), text.indexOf('@'))
}

describe('the path of a place in a text', () => {
  test.each([
    ['@', ''],
    ['{"a":@}', 'a'],
    ['{"a":1,"b":@}', 'b'],
    ['{"a":{"b":1},"c":@}', 'c'],
    ['{"a":{"b":[0,{"c":@}]}}', 'a.b[1].c'],
    ['[@]', '[0]'],
    ['[1,[2],@]', '[2]'],
    ['[[1,2],[3,@]]', '[1][1]'],
    ['{"a":"x, y: {[","b":@}', 'b'],
    ['{"a":"\\"","b":@}', 'b'],
    ['{"a":"\\\\","b":@}', 'b'],
    ['{"a b":@}', '["a b"]'],
    ['{"a":["x"],"b":{"c":"y","d":@}}', 'b.d'],
    ['{"1a":@}', '["1a"]'],
    ['{"$a_1":@}', '$a_1'],
    ['{"a-b":{"c":@}}', '["a-b"].c'],
    ['{"a":["k","v"],"b":["x",@]}', 'b[1]'],
    ['{"a": "b" , "c" : @}', 'c'],
  ])('%s: %s', (text, path) => expect(pathOf(text)).toBe(path))

  test('a long one is cut', () => {
    const key = 'k'.repeat(300)
    expect(pathOf(`{"${key}":@}`)).toBe(key)
    expect(pathOf(`{"${key}k":@}`)).toBe(`${key}…`)
  })

  test('a string ends behind its quote, or with the text', () => {
    expect(endOfString('"ab"c', 0)).toBe(4)
    expect(endOfString('x"a\\"b"c', 1)).toBe(7)
    expect(endOfString('"a\\\\"c', 0)).toBe(5)
    expect(endOfString('"abc', 0)).toBe(4)
  })
})

describe('P8 the text of a value is the same for every order of its keys', () => {
  test.each<[unknown, string]>([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ a: 2, b: 1 }, '{"a":2,"b":1}'],
    [{ c: 3, b: 2, a: 1 }, '{"a":1,"b":2,"c":3}'],
    [{ a: { d: 1, c: [{ f: 1, e: 2 }] } }, '{"a":{"c":[{"e":2,"f":1}],"d":1}}'],
    [[3, 1, { b: null, a: 'x' }], '[3,1,{"a":"x","b":null}]'],
    [[3, 1, 2], '[3,1,2]'],
    [[null, [2, 1]], '[null,[2,1]]'],
    [{ 'b"': 1, a: 1 }, '{"a":1,"b\\"":1}'],
    ['x', '"x"'],
    [null, 'null'],
    [7, '7'],
    [[], '[]'],
    [{}, '{}'],
  ])('%j', (value, text) => expect(canonical(value)).toBe(text))
})

describe('JSON of a client', () => {
  const lists = (levels: number, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`

  test('a value, or the reason why there is none', () => {
    expect(parseJson('{"a":1}')).toEqual({ ok: true, value: { a: 1 } })
    expect(parseJson('')).toEqual({ ok: false, why: 'is empty; expected a JSON object' })
    expect(parseJson('{')).toEqual({ ok: false, why: 'is not valid JSON' })
  })

  test('500 levels are read, one more is not, whatever its strings hold', () => {
    const padding = `"${' '.repeat(DEEPEST)}"`
    expect(parseJson(lists(DEEPEST, padding)).ok).toBe(true)
    expect(parseJson(lists(DEEPEST + 1, padding))).toEqual({ ok: false, why: 'nests deeper than 500 levels' })
    const objects = `${'{"a":'.repeat(DEEPEST + 1)}1${'}'.repeat(DEEPEST + 1)}`
    expect(parseJson(objects)).toEqual({ ok: false, why: 'nests deeper than 500 levels' })
    expect(parseJson(JSON.stringify('['.repeat(2_000))).ok).toBe(true)
    expect(parseJson(JSON.stringify(`"${'['.repeat(2_000)}`)).ok).toBe(true)
    expect(parseJson(JSON.stringify([`\\`, '['.repeat(2_000)])).ok).toBe(true)
    expect(
      parseJson(
        `[${Array(DEEPEST + 1)
          .fill('[],{}')
          .join()}]`,
      ).ok,
    ).toBe(true)
  })
})

test('a record has at most 48 KiB in UTF-8', () => {
  expect(() => mustFitRecord('pause', 'x'.repeat(LARGEST_RECORD))).not.toThrow()
  expect(() => mustFitRecord('pause', 'x'.repeat(LARGEST_RECORD + 1))).toThrow(
    new RangeError('write record "pause": found 49153 characters, expected at most 49152 bytes'),
  )
  expect(() => mustFitRecord('pause', '資'.repeat(LARGEST_RECORD / 3 + 1))).toThrow('expected at most 49152 bytes')
})
