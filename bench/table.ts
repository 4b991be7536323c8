import { median } from '../testing/load/figures.ts'
import { table } from './columns.ts'
import type { TableRow } from './columns.ts'
import type { ServiceFigures } from './drive.ts'
import { AT_ONCE, middle, name, WHAT } from './rounds.ts'
import type { HttpResults } from './rounds.ts'

/** The figures, one line each. */
export function figuresTable(results: HttpResults): string {
  const head = [
    'in flight',
    'service',
    'per second',
    'p50 ms',
    'p99 ms',
    'CPU µs each',
    'cores: service',
    'driver',
    'others',
  ]
  const rows = AT_ONCE.flatMap((atOnce) =>
    WHAT.map((what) => [String(atOnce), TITLES[what], ...cells(of(results, what, atOnce))]),
  )
  return table([head, ...rows])
}

/** Ratios of the figures of each round: comparable between machines. */
export function ratiosTable(results: HttpResults): string {
  const head = ['in flight', 'durable / memory', 'memory / bare Hono', 'durable / bare Hono']
  const rows = AT_ONCE.map((atOnce) => {
    const memory = ratesOf(results, 'memory', atOnce)
    const sqlite = ratesOf(results, 'sqlite', atOnce)
    const bare = ratesOf(results, 'bare', atOnce)
    // A saga is three requests to the service: its creation and two events.
    return [String(atOnce), ratio(sqlite, memory), ratio(memory, bare, 3), ratio(sqlite, bare, 3)]
  })
  return table([head, ...rows])
}

/** Cores kept busy by other processes. */
export function disturbance(results: HttpResults): number {
  return middle([...results.values()].flat(), ({ busy }) => busy.others)
}

type Rates = readonly number[]

const TITLES = { memory: 'memory, sagas', sqlite: 'durable sqlite, sagas', bare: 'bare Hono, requests' } as const

function of(results: HttpResults, what: (typeof WHAT)[number], atOnce: number): readonly ServiceFigures[] {
  return results.get(name({ what, atOnce })) ?? []
}

function ratesOf(results: HttpResults, what: (typeof WHAT)[number], atOnce: number): Rates {
  return of(results, what, atOnce).map(({ rate }) => rate)
}

function cells(all: readonly ServiceFigures[]): TableRow {
  const cell = (pick: (figures: ServiceFigures) => number, digits: number): string => middle(all, pick).toFixed(digits)
  return [
    cell(({ rate }) => rate, 0),
    cell(({ p50 }) => p50, 2),
    cell(({ p99 }) => p99, 1),
    cell(({ microseconds }) => microseconds, 0),
    cell(({ busy }) => busy.service, 2),
    cell(({ busy }) => busy.driver, 2),
    cell(({ busy }) => busy.others, 2),
  ]
}

/** The median of the ratios of each round: a disturbance of a round affects both of its sides. */
function ratio(above: Rates, below: Rates, times = 1): string {
  return median(above.map((rate, round) => (times * rate) / (below[round] ?? Number.NaN))).toFixed(2)
}
