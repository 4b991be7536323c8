import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, type CompiledPattern } from '../../../src/json-schema/pattern/compile-pattern.ts'
import { automatonOf } from '../../../src/json-schema/pattern/automaton.ts'
import { parsePattern } from '../../../src/json-schema/pattern/parse-pattern.ts'
import { runAutomaton } from '../../../src/json-schema/pattern/run-automaton.ts'

const ATOMS = [
  'a',
  'b',
  '\\d',
  '[ab]',
  '[^a]',
  '.',
  '\\w',
  'é',
  '\\s',
  '-',
  '\\u0061',
  '\\x62',
  '[a-c\\d]',
  '😀',
  '\\p{L}',
]
const EDGES = ['^', '$', '\\b', '\\B']
const QUANTIFIERS = ['*', '+', '?', '{1,2}', '{2}', '{2,}', '*?']
const LOOKS = ['(?=', '(?!', '(?<=', '(?<!']

const { source } = fc.letrec<{ source: string }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(...ATOMS, ...EDGES),
    fc.tuple(tie('source'), tie('source')).map((parts) => parts.join('')),
    fc.tuple(tie('source'), tie('source')).map(([one, other]) => `(?:${one}|${other})`),
    fc.tuple(tie('source'), fc.constantFrom(...QUANTIFIERS)).map(([part, quantifier]) => `(${part})${quantifier}`),
    fc.tuple(fc.constantFrom(...LOOKS), tie('source')).map(([look, part]) => `${look}${part})`),
  ),
}))
const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '1', 'é', ' ', '-', '😀', 'x', '\n'), { maxLength: 9 })
  .map((all) => all.join(''))

function pattern(from: string): CompiledPattern {
  const compilation = compilePattern(from)
  if (!compilation.ok) throw new TypeError(`expected a pattern, found ${from}`)
  return compilation.pattern
}

/** Tried at every character: searching for itself, V8 also looks between the halves of a surrogate pair. */
function hostMatches(from: string, within: string): boolean {
  const expression = new RegExp(from, 'uy')
  const places = Array.from(within).reduce<number[]>((all, one) => [...all, (all.at(-1) ?? 0) + one.length], [0])
  return places.some((place) => {
    expression.lastIndex = place
    return expression.test(within)
  })
}

describe('patterns of payload schemas', () => {
  test('C2.1 the automaton matches what the matcher of the host matches', () => {
    const property = fc.property(source, fc.array(text, { minLength: 5, maxLength: 5 }), (from, texts) => {
      const automaton = automatonOf(parsePattern(from, 'u'), 20_000)
      if (automaton === undefined) throw new TypeError(`expected an automaton for ${from}`)
      const found = texts.map((one) => runAutomaton(automaton, Array.from(one)).isMatch)
      expect(found, `${from} on ${JSON.stringify(texts)}`).toEqual(texts.map((one) => hostMatches(from, one)))
    })
    fc.assert(property, { numRuns: 2_000 })
  })

  test.each([
    ['^[A-Z]{2}\\d{6}$'],
    ['^[^@\\s]+@[^@\\s]+$'],
    ['^(foo|bar|baz)[a-z]*$'],
    ['^[a-z0-9]+(-[a-z0-9]+)*$'],
    ['^\\d+(\\.\\d{1,2})?$'],
    ['^(?:EUR|USD|GBP)$'],
    ['^#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})$'],
    ['^.{1,255}$'],
    ['\\.pdf$'],
    ['^[\\w-.]+$'], // valid without the flag "u" only
  ])('C2.1 %s is linear and tried on texts of any length', (from) => {
    expect(pattern(from).isLinear).toBe(true)
    expect(pattern(from).try('x'.repeat(1_000_000)).kind).toBe('tried')
  })

  test.each([
    ['^(a+)+$'],
    ['^(a|a)*$'],
    ['(x+x+)+y'],
    ['^[^@]+@[^@]+\\.[^@]+$'],
    ['\\d+$'],
    ['^(?=.*\\d)(?=.*[a-z]).{8,}$'],
    ['^(([a-z])+.)+[A-Z]([a-z])+$'],
  ])('C2.1 %s may backtrack: tried on 1,000 characters within milliseconds, and on no more', (from) => {
    const begun = performance.now()
    expect(pattern(from).isLinear).toBe(false)
    for (const character of 'a@x1')
      expect(pattern(from).try(`${character.repeat(999)}!`)).toMatchObject({ kind: 'tried' })
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(pattern(from).try('a'.repeat(1_001))).toEqual({ kind: 'too-long', longest: 1_000 })
  })

  test.each([
    ['^([\\200-\\377]+)+$', 'ÿé', true],
    ['^([\\200-\\377]+)+$', 'ÿa', false],
    ['^(\\c*)+$', '\\ccc', true],
    ['^(\\c*)+$', 'ccc', false],
  ])('C2.1 %s without the flag "u" is read as the host reads it: %s', (from, within, isMatch) => {
    expect(new RegExp(from).test(within)).toBe(isMatch)
    expect(pattern(from).try(within)).toMatchObject({ isMatch })
  })

  test('C2.1 a pattern with a back reference is tried on short texts only', () => {
    expect(pattern('^(a+)+\\1$').try('aaaa')).toMatchObject({ kind: 'tried', isMatch: true })
    expect(pattern('^(a+)+\\1$').try('a'.repeat(21))).toEqual({ kind: 'too-long', longest: 20 })
  })

  test('C2.1 repeats of repeats shorten the texts, so that no text takes long', () => {
    const repeated = pattern('^(?:(?:a?){1,90}b?){1,90}$')
    const longest = repeated.try('a'.repeat(5_000))
    if (longest.kind !== 'too-long') throw new TypeError('expected too long a text')
    const begun = performance.now()
    expect(repeated.try('a'.repeat(longest.longest)).kind).toBe('tried')
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  test('C2.1 a pattern that is proven linear elsewhere is tried on any text', () => {
    const compilation = compilePattern('\\d+$', true)
    expect(compilation.ok && compilation.pattern.try('1'.repeat(5_000))).toMatchObject({ kind: 'tried', isMatch: true })
  })

  test.each(['^(a{0,20}){0,20}$', '^([a-z]{1,20} ?){1,10}$', '^(a?){40}a{40}$', '^(a|aa){1,60}$', '^(a{1,3}){30,40}'])(
    'C2.1 %s has too many ways, although their number is constant: no proof counts',
    (from) => {
      const compilation = compilePattern(from, true)
      expect(compilation).toMatchObject({ ok: true, pattern: { isLinear: false, isProvable: false } })
      expect(compilation.ok && compilation.pattern.try('a'.repeat(1_001)).kind).toBe('too-long')
      expect(compilation.ok && compilation.pattern.try(`${'a'.repeat(200)}!`).kind).toBe('tried')
    },
  )

  test('C2.1 characters are counted as the pattern reads them', () => {
    expect(pattern('^(.|x)*$').try('😀'.repeat(1_000)).kind).toBe('tried')
    expect(pattern('^(.|x)*$').try('😀'.repeat(1_001)).kind).toBe('too-long')
  })

  test.each([['('], ['[z-a]'], ['a{2,1}'], ['(?<n>a)(?<n>b)']])('C2.1 %s is no pattern', (from) => {
    expect(compilePattern(from)).toEqual({ ok: false, expected: 'a valid regular expression' })
  })

  test('C2.1 groups without end are no danger', () => {
    const deep = `^${'('.repeat(3_000)}a${')*'.repeat(3_000)}$`
    const begun = performance.now()
    expect(pattern(deep).try('a'.repeat(30)).kind).toBe('too-long')
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(compilePattern('a'.repeat(10_001))).toEqual({
      ok: false,
      expected: 'a regular expression of at most 10000 characters',
    })
  })
})
