import { dirname } from 'node:path/posix'
import { isAlive } from './equivalents.ts'
import type { Results } from './equivalents.ts'
import type { Judged, Outcome } from './outcome.ts'

const COLUMNS: readonly Outcome[] = ['killed', 'endless', 'survived', 'not covered', 'at load', 'equivalent']

const UNCOUNTED: readonly Outcome[] = ['at load', 'equivalent']

/** The share of the mutants that a test noticed, without those that were not run or are equivalent: 0 to 1; 1 without mutants. */
export function scoreOf(mutants: readonly Judged[]): number {
  const counted = mutants.filter(({ outcome }) => !UNCOUNTED.includes(outcome))
  return counted.length === 0 ? 1 : counted.filter((one) => !isAlive(one)).length / counted.length
}

/** Survivors with their places, entries of the list of equivalents that fit nothing, and a table by folder. */
export function summary({ mutants, outdated }: Results): string {
  const folders = [...Map.groupBy(mutants, ({ file }) => dirname(file))]
  const rows = folders.map(([folder, inside]) => row(folder, inside))
  const all = folders.length > 1 ? [row('all', mutants)] : []
  return [
    ...mutants.filter(isAlive).map(survivor),
    ...outdated.map(
      ({ file, context }) => `${file}: the list of equivalents has a mutant that is not alive: ${context}`,
    ),
    '',
    ['folder', ...COLUMNS, 'score'].join('\t'),
    ...rows,
    ...all,
    '',
  ].join('\n')
}

function survivor({ file, line, column, context, original, mutated, outcome }: Judged): string {
  return `${file}:${line}:${column} ${outcome}\n    ${context}\n  - ${original}\n  + ${mutated}`
}

function row(name: string, mutants: readonly Judged[]): string {
  const counts = COLUMNS.map((column) => mutants.filter(({ outcome }) => outcome === column).length)
  return [name, ...counts, `${(scoreOf(mutants) * 100).toFixed(1)} %`].join('\t')
}
