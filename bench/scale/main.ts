import { cpus } from 'node:os'
import process from 'node:process'
import { othersUntilNow } from '../stores/others.ts'
import { table } from '../columns.ts'
import { measureHistory } from './history.ts'
import { LOOKS, looksTable } from './looks-table.ts'
import { ratioRow } from './sides.ts'
import { measureStates } from './states.ts'
import { measureWaiting } from './waiting.ts'
import { pageRows } from './page-rows.ts'

interface ScalePlan {
  readonly sagas: number
  readonly rounds: number
  /** Events of the long saga before those that count. */
  readonly length: number
}

const FULL: ScalePlan = { sagas: 1_000_000, rounds: 5, length: 10_000 }
const QUICK: ScalePlan = { sagas: 100_000, rounds: 3, length: 2_000 }

/** Cores. */
const DISTURBED = 0.2

/** The parts by their names on the command line. Each returns its text. */
const PARTS: Readonly<Record<string, (root: string, plan: ScalePlan) => Promise<string>>> = {
  sqlite: async (root, { sagas }) => `${LOOKS}\n\n${await looksTable(root, sagas, ['sqlite'])}`,
  memory: async (root, { sagas }) => `${LOOKS}\n\n${await looksTable(root, sagas, ['memory'])}`,
  waiting,
  history,
  states,
}

const NOT_MEASURED = `What this does not measure: events that want the same thread while a list is made, a file that is not in the memory of the
system, heads of more than a few hundred bytes, other stores: their servers scan.`

/** Measures what numbers cost: of sagas, of events of one saga, of states. Returns the exit code. */
export async function benchScale(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const unknown = only.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown !== undefined) {
    const expected = Object.keys(PARTS).join(', ')
    process.stderr.write(`bench: scale has no part "${unknown}"; expected some of ${expected}\n`)
    return 1
  }
  const begun = { at: performance.now(), others: othersUntilNow() }
  const plan = isQuick ? QUICK : FULL
  const cpu = cpus()
  say(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}\n`)
  for (const [name, measure] of Object.entries(PARTS)) {
    if (only.length > 0 && !only.includes(name)) continue
    process.stderr.write(`${name}\n`)
    say(`${await measure(root, plan)}\n`)
  }
  const seconds = (performance.now() - begun.at) / 1_000
  const others = (othersUntilNow() - begun.others) / seconds
  if (others > DISTURBED)
    say(`Other processes kept ${others.toFixed(2)} cores busy meanwhile: measure again on a quiet machine\n`)
  say(`${NOT_MEASURED}\n\n${seconds.toFixed(0)} s`)
  return 0
}

async function waiting(root: string, { sagas, rounds }: ScalePlan): Promise<string> {
  const sides = await measureWaiting(root, { sagas, rounds })
  const rows = [
    ratioRow(sides, 'start to ready, ms', ({ startedIn }) => startedIn),
    ratioRow(sides, 'memory at rest, MiB', ({ atRest }) => atRest),
    ratioRow(sides, 'memory at the end, MiB', ({ atEnd }) => atEnd),
    ratioRow(sides, 'event of a new saga, p50 ms', ({ fresh }) => fresh.p50),
    ratioRow(sides, 'event of a new saga, p99 ms', ({ fresh }) => fresh.p99),
    ratioRow(sides, 'event of a new saga, CPU µs', ({ fresh }) => fresh.cpu),
    ratioRow(sides, 'event of a waiting saga, p50 ms', ({ waiting: { p50 } }) => p50),
    ratioRow(sides, 'event of a waiting saga, p99 ms', ({ waiting: { p99 } }) => p99),
    ratioRow(sides, 'event of a waiting saga, CPU µs', ({ waiting: { cpu } }) => cpu),
  ]
  return `The service on a SQLite file of waiting sagas; medians of ${rounds} starts, 16 events at once.

${table([['', '1,000 sagas', sagas.toLocaleString('en'), 'ratio'], ...rows], 0)}

Milliseconds of a page of GET /sagas, 50 sagas, the second by the cursor of the first.

${table([['filter', '1,000: first', 'second', `${sagas.toLocaleString('en')}: first`, 'second'], ...pageRows(sides)], 0)}`
}

async function history(root: string, { length, rounds }: ScalePlan): Promise<string> {
  const rows: (readonly string[])[] = []
  for (const store of ['sqlite', 'memory'] as const) {
    const sides = await measureHistory(root, { store, length, rounds })
    rows.push(ratioRow(sides, `${store}, p50 ms`, ({ p50 }) => p50))
    rows.push(ratioRow(sides, `${store}, p99 ms`, ({ p99 }) => p99))
    rows.push(ratioRow(sides, `${store}, CPU µs`, ({ cpu }) => cpu))
  }
  return `An event of a saga, one after the other; medians of ${rounds} rounds of 1,000 events in one process.

${table([['', 'its first 10', `after ${length.toLocaleString('en')}`, 'ratio'], ...rows], 0)}`
}

async function states(root: string, { rounds }: ScalePlan): Promise<string> {
  const sides = await measureStates(root, rounds)
  const rows = [
    ratioRow(sides, 'start to ready, ms', ({ startedIn }) => startedIn),
    ratioRow(sides, 'memory at the end, MiB', ({ atEnd }) => atEnd),
    ratioRow(sides, 'event, p50 ms', ({ events }) => events.p50),
    ratioRow(sides, 'event, p99 ms', ({ events }) => events.p99),
    ratioRow(sides, 'event, CPU µs', ({ events }) => events.cpu),
    ratioRow(sides, 'batuta check, ms', ({ check }) => check),
  ]
  return `The service with a machine of 4 states and with one of 1,000; medians of ${rounds} starts, 16 events at once.

${table([['', '4 states', '1,000 states', 'ratio'], ...rows], 0)}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
