import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withoutEquivalents } from '../../../../scripts/mutate/equivalents.ts'
import type { Equivalent } from '../../../../scripts/mutate/equivalents.ts'
import type { Judged } from '../../../../scripts/mutate/outcome.ts'

const survivor: Judged = {
  key: 'k',
  file: 'src/engine/a.ts',
  line: 3,
  column: 7,
  context: 'if (a < b) leave()',
  original: 'a < b',
  mutated: 'true',
  outcome: 'survived',
}
const entry: Equivalent = {
  file: 'src/engine/a.ts',
  context: 'if (a < b) leave()',
  original: 'a < b',
  mutated: 'true',
  reason: 'a is always smaller',
}

test.for(['survived', 'not covered'] as const)('a mutant of the list that %s is equivalent, on any line', (outcome) => {
  const { mutants, outdated } = withoutEquivalents([{ ...survivor, line: 300, outcome }], [entry])
  expect(mutants.map((one) => one.outcome)).toEqual(['equivalent'])
  expect(outdated).toEqual([])
})

test.for([{ file: 'src/engine/b.ts' }, { context: 'while (a < b) leave()' }, { original: 'b' }, { mutated: 'false' }])(
  'another mutant stays a survivor: %o',
  (other) => {
    expect(withoutEquivalents([{ ...survivor, ...other }], [entry]).mutants[0]?.outcome).toBe('survived')
  },
)

test.for(['killed', 'endless'] as const)('an entry whose mutant is %s is outdated', (outcome) => {
  const mutants = [{ ...survivor, outcome }]
  expect(withoutEquivalents(mutants, [entry])).toEqual({ mutants, outdated: [entry] })
})

test('an entry whose code has changed is outdated; one of a file that was not run is not', () => {
  const changed = { ...survivor, context: 'if (a < c) leave()' }
  const elsewhere = { ...entry, file: 'src/engine/b.ts' }
  expect(withoutEquivalents([changed], [entry, elsewhere]).outdated).toEqual([entry])
})

test('the list names files of the clone, each mutant once, with its reason', () => {
  const path = new URL('../../../../scripts/mutate/equivalent.json', import.meta.url)
  const known: readonly Equivalent[] = JSON.parse(readFileSync(path, 'utf8'))
  const keys = known.map(({ file, context, original, mutated }) => JSON.stringify([file, context, original, mutated]))
  expect(new Set(keys).size).toBe(keys.length)
  expect(known.filter(({ file, reason }) => !existsSync(file) || reason.length < 20)).toEqual([])
})
