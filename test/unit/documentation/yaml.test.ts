import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { yamlOf } from '../../../src/documentation/yaml.ts'

test('reads as nested lists and mappings, keys that YAML takes for other types quoted', () => {
  const value = { a: null, on: [[], {}, [1, [true]]], 'b c': { 7: ['x: y', '# z'] }, $ref: '' }
  const lines = ['a: null', '"on":', '  - []', '  - {}', '  - - 1', '    - - true', '"b c":', '  "7":']
  expect(yamlOf(value)).toBe([...lines, '    - "x: y"', '    - "# z"', '$ref: ""', ''].join('\n'))
})

test('a key that a reader of YAML 1.1 takes for a number is quoted', () => {
  expect(yamlOf({ e0: 1, 'E-12': 2, e: 3, e0a: 4 })).toBe('"e0": 1\n"E-12": 2\ne: 3\ne0a: 4\n')
})

test('a reader of YAML 1.1 or 1.2 gets the JSON back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const version of ['1.1', '1.2'] as const) {
        expect(JSON.stringify(parse(yamlOf(value), { version }))).toBe(JSON.stringify(value))
      }
    }),
  )
})
