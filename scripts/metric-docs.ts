/** `npm run docs:metrics`: writes docs/METRICS.md, every metric of the service, from the tables in the source. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { COUNTED } from '../src/ports/counted.ts'
import { METRICS } from '../src/ports/metric-table.ts'
import type { MetricName, MetricRow } from '../src/ports/metric-table.ts'

const FILE = new URL('../docs/METRICS.md', import.meta.url)
/** Values of a label that fit into a cell; a label with more has a table of its own. */
const MOST_VALUES = 12

const HEAD = [
  '# Metrics',
  '',
  '<!-- written by `npm run docs:metrics` from src/ports/metric-table.ts and src/ports/counted.ts -->',
  '',
  '`GET /-/metrics` answers these metrics as Prometheus text. Each process counts for itself, so sum over',
  'instances. The gauges of stored sagas are the exception: instances that share a store read the same counts, so take their maximum.',
  'They are as old as `batuta_counted_timestamp_seconds` says: the store is counted at intervals, never by a scrape.',
  '',
  '- Series whose labels saga.json bounds are there from the start with zero. Series appear later only for HTTP (one for each',
  '  route, method and status that was answered) and for names that saga.json lacks and stored sagas have.',
  '- No label holds an id, a path or a text of a participant, so saga.json alone bounds the number of series.',
  '- A histogram has the series `_bucket`, `_sum` and `_count`.',
  '- `process_…` and `nodejs_…` are those of prom-client, which Flow Manager uses: CPU, memory and start of the process, heap',
  '  and version; on Node and Bun open files, lag of the event loop and active resources too; on Node garbage collection.',
  '  On workerd there are none, and the counts are those of one isolate. On Deno Deploy they are those of one instance.',
  '- Alert rules and a dashboard are in `examples/observability/`; [OPERATIONS.md](OPERATIONS.md) has what to do at each alert.',
  '',
  '| metric | type | unit | labels | meaning |',
  '|---|---|---|---|---|',
]

const COUNTED_HEAD = ['', '## What `batuta_internal_total` counts', '', '| `what` | meaning |', '|---|---|']

/** docs/METRICS.md as it is to be. */
export function metricDocs(): string {
  const names = Object.keys(METRICS) as MetricName[]
  const rows = names.map((name) => rowOf(name, METRICS[name]))
  const buckets = names.flatMap((name) => bucketsOf(name, METRICS[name]))
  const counted = Object.entries(COUNTED).map(([what, meaning]) => `| \`${what}\` | ${meaning} |`)
  const histograms = ['', '## Buckets of the histograms', '', '| histogram | upper bounds in seconds |', '|---|---|']
  return [...HEAD, ...rows, ...COUNTED_HEAD, ...counted, ...histograms, ...buckets, ''].join('\n')
}

function rowOf(name: string, { type, unit, labels, help }: MetricRow): string {
  const cells = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${valuesOf(values)}`)
  return `| \`${name}\` | ${type} | ${unit} | ${cells.join('; ') || '–'} | ${help} |`
}

function valuesOf(values: readonly string[] | string): string {
  if (typeof values === 'string') return values
  return values.length > MOST_VALUES ? 'see below' : values.map((value) => `\`${value}\``).join(', ')
}

function bucketsOf(name: string, { buckets }: MetricRow): readonly string[] {
  return buckets === undefined ? [] : [`| \`${name}\` | ${buckets.join(', ')} |`]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFile(FILE, metricDocs())
