import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { median } from '../../testing/load/figures.ts'
import { runOrder } from './child.ts'
import { othersUntilNow } from './others.ts'
import { figuresTable } from './report.ts'
import type { StoreSamples, StoreOrder } from './run.ts'
import { lacking, startStage } from './store-server.ts'
import { STORES } from './subject.ts'
import type { StoreName } from './subject.ts'

type StorePlan = Pick<StoreOrder, 'atOnce' | 'rounds' | 'budget' | 'measure' | 'warmUp'>

/** Takes a minute and a half; quick half a minute, for a first impression only. */
const FULL: StorePlan = { atOnce: [1, 16, 64], rounds: 5, budget: 12_000, measure: 350, warmUp: 1_000 }
const QUICK: StorePlan = { atOnce: [1, 16, 64], rounds: 1, budget: 4_000, measure: 350, warmUp: 700 }

/** Cores. */
const DISTURBED = 0.2

const WHAT = `A step: an event decided upon by an orchestrator, its saga saved, its command taken at once by a participant in the same
process; the reservations of "npm run bench", their creation not counted. Bare: the same bytes as plain conditional writes, a
request each, through the same client. Measured by turns; medians of all rounds, ratios of each round.`

const NOT_MEASURED = `What this does not measure: a network (a round trip on the loopback costs next to nothing, and servers share the cores),
TLS, a participant, HTTP or Kafka in front, several workers on one store, metadata of more than a hundred bytes, long
histories. The CRUD Service is a fake, and the server of MongoDB's wire keeps its data in memory, without a journal to wait
for. Compare ratios, and figures of one machine only.`

/** Measures each shared store's steps beside its bare conditional writes. Returns the exit code. */
export async function benchStores(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const begun = performance.now()
  const unknown = only.filter((name) => !STORES.includes(name as StoreName))
  if (unknown.length > 0) {
    tell(`bench: there is no store "${unknown[0]}"; expected some of ${STORES.join(', ')}`)
    return 1
  }
  const cpu = cpus()
  say(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}\n`)
  say(`${WHAT}\n`)
  const results = new Map<StoreName, StoreSamples>()
  const others: number[] = []
  for (const store of STORES) {
    if (only.length > 0 && !only.includes(store)) continue
    const why = lacking(store)
    if (why !== undefined) {
      say(`Not measured here: ${store}: ${why}`)
      continue
    }
    const measured = await measure(store, isQuick ? QUICK : FULL, root)
    results.set(store, measured.answer)
    others.push(measured.others)
  }
  say(`${figuresTable(results)}\n`)
  if (median(others) > DISTURBED)
    say(`Other processes kept ${median(others).toFixed(2)} cores busy meanwhile: measure again on a quiet machine\n`)
  say(`${NOT_MEASURED}\n\n${((performance.now() - begun) / 1_000).toFixed(0)} s`)
  return 0
}

interface StoreFigures {
  readonly answer: StoreSamples
  /** Cores kept busy by other processes. */
  readonly others: number
}

async function measure(store: StoreName, plan: StorePlan, root: string): Promise<StoreFigures> {
  tell(store)
  const folder = join(root, store)
  mkdirSync(folder)
  const stage = await startStage(store, folder)
  try {
    const before = { others: othersUntilNow(), at: performance.now() }
    const answer = await runOrder({ store, address: stage.address, ...plan })
    const seconds = (performance.now() - before.at) / 1_000
    return { answer, others: (othersUntilNow() - before.others) / seconds }
  } finally {
    await stage.close()
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
