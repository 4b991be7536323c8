import { expect, test } from 'vitest'
import { hashOf, isInSample, mutantOf } from '../../../../scripts/mutate/mutant.ts'

const SOURCE = 'const limit = 3\nif (a <\n  b) {\n  leave()\n}\n'

test('a mutant has its place, and its texts on one line', () => {
  const replacement = { start: { line: 1, column: 4 }, end: { line: 2, column: 3 }, text: 'a <= b' }
  expect(mutantOf('a.ts', SOURCE, replacement)).toEqual({
    key: expect.stringMatching(/^[0-9a-f]{16}$/),
    file: 'a.ts',
    line: 2,
    column: 5,
    context: 'if (a <',
    original: 'a < b',
    mutated: 'a <= b',
  })
})

test('long texts are cut', () => {
  const replacement = { start: { line: 0, column: 0 }, end: { line: 0, column: 5 }, text: 'x'.repeat(101) }
  const { mutated, original } = mutantOf('a.ts', SOURCE, replacement)
  expect([mutated, original]).toEqual([`${'x'.repeat(100)}…`, 'const'])
})

test('its key changes with its file, the text of the file, its place and the change', () => {
  const place = { start: { line: 0, column: 6 }, end: { line: 0, column: 11 }, text: '' }
  const keys = [
    mutantOf('a.ts', SOURCE, place),
    mutantOf('b.ts', SOURCE, place),
    mutantOf('a.ts', `${SOURCE} `, place),
    mutantOf('a.ts', SOURCE, { ...place, start: { line: 0, column: 7 } }),
    mutantOf('a.ts', SOURCE, { ...place, text: '0' }),
  ].map(({ key }) => key)
  expect(new Set(keys).size).toBe(5)
})

test('a sample has its share of the mutants, the same ones each time, and a sample of one all of them', () => {
  const keys = Array.from({ length: 1_000 }, (_, at) => hashOf(String(at)))
  const sample = keys.filter((key) => isInSample(key, 4))
  expect(sample.length).toBeGreaterThan(200)
  expect(sample.length).toBeLessThan(300)
  expect(keys.filter((key) => isInSample(key, 4))).toEqual(sample)
  expect(keys.every((key) => isInSample(key, 1))).toBe(true)
})
