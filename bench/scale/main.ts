import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { othersUntilNow } from '../stores/others.ts'
import { table } from '../table.ts'
import type { ScaleStore } from './fill.ts'
import type { ScaleOrder, ScaleFigures } from './run.ts'
import type { Shape } from './sagas.ts'

const SCRIPT = fileURLToPath(new URL('run.ts', import.meta.url))
const STORES: readonly ScaleStore[] = ['sqlite', 'memory']
const SHAPES: readonly Shape[] = ['few', 'ended']
const MANY = 1_000_000
const QUICK = 100_000

/** Milliseconds that a query may hold the thread of events at most. */
const LONGEST = 20
/** Cores. */
const DISTURBED = 0.2

const WHAT = `Looks at a store that lives in the process of the service: how long each takes, the longest that it held the thread of events at a
time, and the longest without what other processes and the disk took of it. Of several of a kind the longest.`

const NOT_MEASURED = `What this does not measure: events that want the same thread meanwhile, a file that is not in the memory of the system, heads of
more than a few hundred bytes, other stores: their servers scan.`

/** Measures how long queries over very many sagas hold the thread of events. Returns the exit code. */
export async function benchScale(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const unknown = only.find((name) => !STORES.includes(name as ScaleStore))
  if (unknown !== undefined) {
    process.stderr.write(
      `bench: there is no store "${unknown}" in the process; expected some of ${STORES.join(', ')}\n`,
    )
    return 1
  }
  const begun = { at: performance.now(), others: othersUntilNow() }
  const sagas = isQuick ? QUICK : MANY
  const cpu = cpus()
  say(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}\n\n${WHAT}\n`)
  const rows: (readonly string[])[] = []
  for (const store of STORES.filter((name) => only.length === 0 || only.includes(name))) {
    for (const shape of SHAPES) {
      process.stderr.write(`${store}: ${sagas} sagas, ${TITLES[shape]}\n`)
      const measured = await run({ store, shape, sagas, path: join(root, `${shape}.sqlite`) })
      rows.push(...measured.map((row) => cells(store, row)))
    }
  }
  say(`${table([HEAD, ...rows], 1)}\n`)
  const seconds = (performance.now() - begun.at) / 1_000
  const others = (othersUntilNow() - begun.others) / seconds
  if (others > DISTURBED)
    say(`Other processes kept ${others.toFixed(2)} cores busy meanwhile: measure again on a quiet machine\n`)
  say(`${NOT_MEASURED}\n\n${seconds.toFixed(0)} s`)
  return 0
}

const TITLES: Readonly<Record<Shape, string>> = { few: 'next to none final', ended: 'half of them final' }
const HEAD = ['store', 'look', 'ms in all', 'held, ms', 'its work, ms', `at most ${LONGEST}`]

function cells(store: ScaleStore, { what, total, hold, work }: ScaleFigures): readonly string[] {
  return [
    store,
    what,
    total.toFixed(1),
    hold.toFixed(1),
    work.toFixed(1),
    Math.min(hold, work) <= LONGEST ? 'yes' : 'NO',
  ]
}

/** Measures in a fresh process with memory for a million sagas. */
async function run(order: ScaleOrder): Promise<readonly ScaleFigures[]> {
  const flags = ['--max-old-space-size=6000', SCRIPT, JSON.stringify(order)]
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  const dies = (): boolean => child.kill('SIGKILL')
  process.once('exit', dies)
  let last = ''
  createInterface({ input: child.stdout }).on('line', (line) => (last = line))
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('exit', dies)
  if (code !== 0) throw new Error(`measure the store "${order.store}": the process ended with ${String(code)}`)
  return JSON.parse(last) as readonly ScaleFigures[]
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
