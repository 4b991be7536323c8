import { cpus } from 'node:os'
import process from 'node:process'
import { diskRates } from './disk.ts'
import { proveDurable } from './durable.ts'
import { engineRate } from './engine.ts'
import { runRounds } from './rounds.ts'
import type { HttpPlan } from './rounds.ts'
import { disturbance, figuresTable, ratiosTable } from './table.ts'

/** Takes two and a half minutes; with `--quick` half a minute, for a first impression only. */
const QUICK: HttpPlan = {
  rounds: 1,
  window: { warmUp: 700, measure: 1_300 },
  bareWindow: { warmUp: 300, measure: 700 },
}
const FULL: HttpPlan = {
  rounds: 3,
  window: { warmUp: 1_500, measure: 3_500 },
  bareWindow: { warmUp: 700, measure: 1_300 },
}

/** Cores. */
const DISTURBED = 0.2

const NOT_MEASURED = `What this does not measure: a network (everything is on one machine, and the driver, its participant and
the service share its cores), TLS and tokens, a participant that takes time or fails, metadata of more than a few hundred
bytes, stores that have grown for days, more than one service over a shared store, the other runtimes; Kafka and shared
stores have parts of their own, "npm run bench kafka" and "npm run bench stores". A disk that lies about its syncs makes the
durable figures look better than they are; so does one with a battery. Compare ratios, and figures of one machine only.`

/** Measures a service over HTTP beside a bare server. Returns the exit code. */
export async function benchHttp(root: string, isQuick: boolean): Promise<number> {
  const begun = performance.now()
  const cpu = cpus()
  say(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}\n`)
  say(
    'A saga: POST /saga, its command to a participant, POST /event, a command, POST /event, confirmed. Three requests',
  )
  say('come in, two go out. Timed from the creation to the answer that says confirmed; medians of all rounds.\n')
  const results = await runRounds(isQuick ? QUICK : FULL, root, (line) => process.stderr.write(`${line}\n`))
  say(`${figuresTable(results)}\n\n${ratiosTable(results)}\n`)
  const others = disturbance(results)
  if (others > DISTURBED)
    say(`Other processes kept ${others.toFixed(2)} cores busy meanwhile: measure again on a quiet machine\n`)
  const { fdatasync, fsync } = diskRates(root, 2_000)
  say(
    `The disk alone, 4 KiB appended each: ${fdatasync.toFixed(0)} fdatasync/s, ${fsync.toFixed(0)} fsync/s (SQLite in Node calls fsync)`,
  )
  say(`The engine alone: ${Math.round(engineRate(2_000)).toLocaleString('en')} steps (decide + evolve) a second`)
  const { text, isGood } = await proveDurable(root)
  say(`${text}\n\n${NOT_MEASURED}\n\n${((performance.now() - begun) / 1_000).toFixed(0)} s`)
  return isGood ? 0 : 1
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
