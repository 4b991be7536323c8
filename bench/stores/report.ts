import { median } from '../../testing/load/figures.ts'
import { table } from '../columns.ts'
import type { TableRow } from '../columns.ts'
import type { StoreSamples, SamplePair } from './run.ts'
import type { StoreName } from './subject.ts'

/** Name of the store → its samples. */
export type StoreResults = ReadonlyMap<StoreName, StoreSamples>

/** Least ratio with many writes at once, for stores where concurrent writes share a request. */
const GROUPED = 1.5
const ALONE = 0.6
const GROUPS: ReadonlySet<StoreName> = new Set<StoreName>(['crud', 'mongo', 'upstash-redis'])
const MANY = 64

/** The figures, one line each. */
export function figuresTable(results: StoreResults): string {
  const head = ['in flight', 'store', 'steps/s', 'bare writes/s', 'steps / bare', 'reach', '', 'CPU µs: step', 'bare']
  return table([head, ...[...results].flatMap(([store, answer]) => answer.map((one) => row(store, one)))])
}

function row(store: StoreName, { atOnce, pairs }: StoreSamples[number]): TableRow {
  const reach = reachOf(store, atOnce)
  const ratio = ratioOf(pairs)
  return [
    String(atOnce),
    store,
    middle(pairs, ({ steps }) => steps.rate),
    middle(pairs, ({ bare }) => bare.rate),
    ratio.toFixed(2),
    reach.toFixed(1),
    ratio >= reach ? 'yes' : 'NO',
    middle(pairs, ({ steps }) => steps.microseconds),
    middle(pairs, ({ bare }) => bare.microseconds),
  ]
}

function reachOf(store: StoreName, atOnce: number): number {
  return atOnce >= MANY && GROUPS.has(store) ? GROUPED : ALONE
}

/** The median of the ratios of each round: a disturbance of a round affects both of its sides. */
function ratioOf(pairs: readonly SamplePair[]): number {
  return median(pairs.map(({ steps, bare }) => steps.rate / bare.rate))
}

function middle(pairs: readonly SamplePair[], pick: (pair: SamplePair) => number): string {
  return median(pairs.map(pick)).toFixed(0)
}
