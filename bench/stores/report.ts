import { median } from '../../testing/load/figures.ts'
import { table } from '../table.ts'
import type { TableRow } from '../table.ts'
import type { StoreSamples, SamplePair } from './run.ts'
import type { StoreName } from './subject.ts'

/** By store; those that were measured. */
export type StoreResults = ReadonlyMap<StoreName, StoreSamples>

/** Where writes that meet share a request, many at once must be worth more than a request each. */
const GROUPED = 1.5
const ALONE = 0.6
const GROUPS: ReadonlySet<StoreName> = new Set<StoreName>(['crud', 'mongo', 'upstash-redis'])
const MANY = 64

/** What was measured, a line each. */
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

/** The median of the rounds' own ratios: what disturbs a round disturbs both sides of it. */
function ratioOf(pairs: readonly SamplePair[]): number {
  return median(pairs.map(({ steps, bare }) => steps.rate / bare.rate))
}

function middle(pairs: readonly SamplePair[], pick: (pair: SamplePair) => number): string {
  return median(pairs.map(pick)).toFixed(0)
}
