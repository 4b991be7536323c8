import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { median } from '../../testing/load/figures.ts'
import type { ServiceFigures } from '../drive.ts'
import { measure } from '../measure.ts'
import type { HttpSubject } from '../measure.ts'
import { table } from '../columns.ts'
import type { TableRow } from '../columns.ts'
import { checkOut, commitOf } from './other-commit.ts'

/** Before the work on what a saga costs. */
const BEGINNING = '2bbb4525'

const SUBJECTS: readonly HttpSubject[] = [
  { what: 'sqlite', atOnce: 1 },
  { what: 'sqlite', atOnce: 64 },
  { what: 'memory', atOnce: 64 },
]
/** As `npm start` runs the service. */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50']

interface Sides {
  readonly base: ServiceFigures
  readonly now: ServiceFigures
}

/**
 * Measures what a saga costs in this clone and in another commit, in fresh processes that take turns. `only`: the other commit.
 * Returns the exit code.
 */
export async function benchCost(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const [other = BEGINNING] = only
  const clone = join(root, 'base')
  const commit = commitOf(other)
  checkOut(commit, clone)
  const [rounds, window] = isQuick ? [3, { warmUp: 1_500, measure: 2_000 }] : [7, { warmUp: 2_500, measure: 4_000 }]
  say(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`)
  say(
    `This clone against ${commit}: medians of the ratios of ${rounds} rounds, each in fresh processes that take turns\n`,
  )
  const rows: TableRow[] = [
    ['in flight', 'store', 'µs a saga: base', 'now', 'ratio', 'least', 'most', 'sagas/s: ratio', 'p99: ratio'],
  ]
  for (const subject of SUBJECTS) {
    const sides: Sides[] = []
    for (let round = 0; round < rounds; round++) {
      const run = (where: { readonly clone?: string }) => measure(subject, { root, window, flags: FLAGS, ...where })
      const first = await run(round % 2 === 0 ? { clone } : {})
      const second = await run(round % 2 === 0 ? {} : { clone })
      sides.push(round % 2 === 0 ? { base: first, now: second } : { base: second, now: first })
    }
    rows.push(rowOf(subject, sides))
    process.stderr.write(`${rows.at(-1)?.join('  ') ?? ''}\n`)
  }
  say(table(rows))
  return 0
}

function rowOf({ what, atOnce }: HttpSubject, sides: readonly Sides[]): TableRow {
  const ratios = (pick: (figures: ServiceFigures) => number) => sides.map(({ base, now }) => pick(now) / pick(base))
  const cost = ratios(({ microseconds }) => microseconds)
  return [
    String(atOnce),
    what,
    median(sides.map(({ base }) => base.microseconds)).toFixed(0),
    median(sides.map(({ now }) => now.microseconds)).toFixed(0),
    median(cost).toFixed(3),
    Math.min(...cost).toFixed(3),
    Math.max(...cost).toFixed(3),
    median(ratios(({ rate }) => rate)).toFixed(2),
    median(ratios(({ p99 }) => p99)).toFixed(2),
  ]
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
