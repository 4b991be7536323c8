import { expect, test } from 'vitest'
import type { Judged, Outcome } from '../../../../scripts/mutate/outcome.ts'
import { scoreOf, summary } from '../../../../scripts/mutate/summary.ts'

test('the score is the share that a test noticed, without mutants that are equivalent or were not run', () => {
  expect(scoreOf(mutants('killed', 'endless', 'survived', 'not covered', 'at load', 'equivalent'))).toBe(0.5)
  expect(scoreOf(mutants('equivalent'))).toBe(1)
})

test('a survivor is printed with its place, its line and the change', () => {
  expect(summary({ mutants: mutants('survived'), outdated: [] })).toBe(
    [
      'src/engine/a.ts:3:7 survived',
      '    if (a < b) leave()',
      '  - a < b',
      '  + true',
      '',
      'folder\tkilled\tendless\tsurvived\tnot covered\tat load\tequivalent\tscore',
      'src/engine\t0\t0\t1\t0\t0\t0\t0.0 %',
      '',
    ].join('\n'),
  )
})

test('several folders have a row each, and one of all', () => {
  const inside = mutants('survived').map((one) => ({ ...one, file: 'src/engine/inner/b.ts' }))
  const rows = summary({ mutants: [...mutants('killed', 'equivalent'), ...inside], outdated: [] })
    .split('\n')
    .slice(-4, -1)
  expect(rows).toEqual([
    'src/engine\t1\t0\t0\t0\t0\t1\t100.0 %',
    'src/engine/inner\t0\t0\t1\t0\t0\t0\t0.0 %',
    'all\t1\t0\t1\t0\t0\t1\t50.0 %',
  ])
})

test('an outdated entry is printed with its file and line', () => {
  const entry = { file: 'src/engine/a.ts', context: 'leave()', original: 'leave()', mutated: '', reason: 'of no use' }
  expect(summary({ mutants: [], outdated: [entry] })).toContain(
    'src/engine/a.ts: the list of equivalents has a mutant that is not alive: leave()\n',
  )
})

function mutants(...outcomes: Outcome[]): readonly Judged[] {
  const one = {
    key: 'k',
    file: 'src/engine/a.ts',
    line: 3,
    column: 7,
    context: 'if (a < b) leave()',
    original: 'a < b',
    mutated: 'true',
  }
  return outcomes.map((outcome) => ({ ...one, outcome }))
}
