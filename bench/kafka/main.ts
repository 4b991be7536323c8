import { cpus } from 'node:os'
import process from 'node:process'
import { missing } from '../../testing/broker/broker.ts'
import { burst } from './burst.ts'
import { measure } from './measure.ts'
import type { PipeFigures } from './measure.ts'
import { burstText, disturbance, figuresTable, reaches } from './report.ts'
import { BenchBroker } from './bench-broker.ts'
import { SUBJECTS } from './subject.ts'
import type { PipeName } from './subject.ts'

interface PipePlan {
  readonly rounds: number
  readonly events: number
  readonly burst: number
  /** Milliseconds. */
  readonly warmUp: number
  readonly measure: number
}

/** Takes at most three minutes; quick half a minute, for a first impression only. */
const FULL: PipePlan = { rounds: 3, events: 80_000, burst: 100_000, warmUp: 1_000, measure: 5_000 }
const QUICK: PipePlan = { rounds: 1, events: 40_000, burst: 30_000, warmUp: 500, measure: 2_000 }

/** Cores. */
const DISTURBED = 0.2

const NOT_MEASURED = `What this does not measure: a network and a broker with replicas (one broker on this machine shares its cores), TLS and
SASL, compressed batches, participants (nobody reads the commands), events of more than about 600 bytes, topics of thousands
of partitions, groups of several members, rebalances, stores that have grown for days. The store of the way of one at a time
is in its own process; behind a network it would be slower still. Compare ratios, and figures of one machine only.`

/** Measures events of one topic to commands of another, on a real broker. Returns the exit code. */
export async function benchKafka(root: string, isQuick: boolean): Promise<number> {
  const absent = missing()
  if (absent !== undefined) {
    say(`Not measured here: ${absent}`)
    return 1
  }
  const begun = performance.now()
  const stage = await BenchBroker.open()
  try {
    await run(stage, isQuick ? QUICK : FULL, root)
  } finally {
    await stage.close()
  }
  say(`\n${NOT_MEASURED}\n\n${((performance.now() - begun) / 1_000).toFixed(0)} s`)
  return 0
}

async function run(stage: BenchBroker, plan: PipePlan, root: string): Promise<void> {
  const cpu = cpus()
  say(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}, Apache Kafka on this machine\n`)
  say(
    'An event: consumed, decided upon, its saga saved, its command produced, its offset committed. Events of 4,000 sagas',
  )
  say('wait in 16 partitions; timed from the second second on until all are done; medians of all rounds.\n')
  const results = await runRounds(stage, plan, root)
  say(`${figuresTable(results)}\n`)
  const others = disturbance(results)
  if (others > DISTURBED)
    say(`Other processes kept ${others.toFixed(2)} cores busy meanwhile: measure again on a quiet machine\n`)
  tell('burst')
  const burnt = await burst(stage, plan.burst, root)
  say(`${burstText(burnt)}\n\n${reaches(results, burnt)}`)
}

/** Measures each subject once a round, in fresh processes, in an order that is reversed every round. */
async function runRounds(stage: BenchBroker, plan: PipePlan, root: string): Promise<Record<PipeName, PipeFigures[]>> {
  const topic = await stage.createTopic('events')
  await stage.produce(topic, plan.events)
  const results: Record<PipeName, PipeFigures[]> = { memory: [], sqlite: [], bare: [], single: [] }
  for (let round = 0; round < plan.rounds; round++) {
    tell(`round ${round + 1} of ${plan.rounds}`)
    for (const subject of round % 2 === 0 ? SUBJECTS : SUBJECTS.toReversed()) {
      results[subject].push(await measure(stage, subject, { topic, ...plan, root }))
    }
  }
  return results
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
