import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { table } from '../columns.ts'
import type { ScaleStore } from './fill.ts'
import type { ScaleOrder, ScaleFigures } from './run.ts'
import type { Shape } from './sagas.ts'

const SCRIPT = fileURLToPath(new URL('run.ts', import.meta.url))

/** Milliseconds that a query may hold the thread of events at most. */
const LONGEST = 20

const TITLES: Readonly<Record<Exclude<Shape, 'waiting'>, string>> = {
  few: 'next to none final',
  ended: 'half of them final',
}
const HEAD = ['store', 'look', 'ms in all', 'held, ms', 'its work, ms', `at most ${LONGEST}`]

export const LOOKS = `Looks at a store that lives in the process of the service: how long each takes, the longest that it held the thread of events at a
time, and the longest without what other processes and the disk took of it. Of several of a kind the longest.`

/** How long queries over very many sagas hold the thread of events, as a table. */
export async function looksTable(root: string, sagas: number, stores: readonly ScaleStore[]): Promise<string> {
  const rows: (readonly string[])[] = []
  for (const store of stores) {
    for (const shape of ['few', 'ended'] as const) {
      process.stderr.write(`${store}: ${sagas} sagas, ${TITLES[shape]}\n`)
      const measured = await run({ store, shape, sagas, path: join(root, `${shape}.sqlite`) })
      rows.push(...measured.map((row) => cells(store, row)))
    }
  }
  return table([HEAD, ...rows], 1)
}

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
