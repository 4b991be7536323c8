import { describe, expect, it } from 'vitest'
import { milliseconds } from '../../../src/machine/duration.ts'
import { describeProblem, mismatchAt } from '../../../src/config/problem.ts'
import { valueAt } from '../../../src/config/json-tree.ts'

describe('a problem', () => {
  it('C1.2 names the path, the value found and the value expected', () => {
    const path = ['machineDefinition', 'states', 2, 'outgoingTransitions', 0, 'targetState']
    expect(describeProblem(mismatchAt(path, 'x', 'the id of a state'))).toBe(
      'machineDefinition.states[2].outgoingTransitions[0].targetState: found "x", expected the id of a state',
    )
    expect(describeProblem({ path: '', found: 'null', expected: 'an object' })).toBe(
      'configuration: found null, expected an object',
    )
  })

  it.each([
    ['a', '"a"'],
    ['a\n"b"', String.raw`"a\n\"b\""`],
    ['x'.repeat(100), `"${'x'.repeat(60)}…"`],
    ['', 'an empty string'],
    [1.5, '1.5'],
    [false, 'false'],
    [null, 'null'],
    [undefined, 'nothing'],
    [[1], 'an array'],
    [{ password: 'p' }, 'an object'],
    ['https://me:p@ss@host/a', '"https://[redacted]@host/a"'],
    ['/a?key=b', '"/a?[redacted]"'],
  ])('C1.2 it describes %j as %s', (value, found) => {
    expect(mismatchAt(['a'], value, 'b').found).toBe(found)
  })

  it.each(['headers', 'sasl', 'ssl', 'connectionUri', 'token', 'url', 'API_TOKEN', 'READ_TOKEN', 'CONFIGURATION'])(
    'C2.6 it describes a value under %s by its type only',
    (name) => {
      expect(mismatchAt([name], 'hunter2', 'b').found).toBe('a string')
      expect(mismatchAt(['a', name, 'b'], 2, 'c').found).toBe('a number')
    },
  )

  it('C1.2 keys of other characters are quoted', () => {
    expect(mismatchAt(['a b', 'c\n', 'x-key'], 1, 'd').path).toBe(String.raw`["a b"]["c\n"].x-key`)
  })
})

describe('a path in a file', () => {
  it('C1.2 leads to own values only', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1)
    for (const path of [['constructor'], ['a', 'b'], ['a', 0, 'b', 'c']])
      expect(valueAt({ a: [] }, path)).toBeUndefined()
  })
})

describe('durations', () => {
  it.each([
    ['PT10S', 10_000],
    ['PT0.2S', 200],
    ['PT0,5S', 500],
    ['PT1M30S', 90_000],
    ['P1DT1H', 90_000_000],
    ['P1W', 604_800_000],
  ])('C2.5a %s is %i ms', (text, expected) => {
    expect(milliseconds(text)).toBe(expected)
  })

  it.each([
    '',
    'P',
    'PT',
    'P1M',
    'P1Y',
    '-PT1S',
    'PT-1S',
    'xPT1S',
    'PT1Sx',
    'PT1S5',
    'PT1S1M',
    'PT1.2.3S',
    '10',
    'pt1s',
  ])('C2.5a %j is no duration of a fixed length', (text) => {
    expect(milliseconds(text)).toBeUndefined()
  })
})
