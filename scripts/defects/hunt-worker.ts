import { parentPort, workerData } from 'node:worker_threads'
import process from 'node:process'
import { runOf, violationsOf } from '../simulation/judged-run.ts'
import type { HuntEnd, HuntTask } from './hunt.ts'

parentPort?.postMessage(await hunted(workerData as HuntTask))

async function hunted({ from, seeds, rule }: HuntTask): Promise<HuntEnd> {
  const others = new Set<string>()
  for (let seed = from; seed < from + seeds; seed++) {
    const violations = violationsOf(await runOf({ seed, store: undefined }))
    const named = violations.find((one) => rule === undefined || one.rule === rule)
    const rules = [...new Set(violations.map((one) => one.rule))]
    if (named !== undefined) return { seeds: seed - from + 1, seconds: cpu(), found: { seed, rules, why: named.why } }
    for (const one of rules) others.add(one)
  }
  return { seeds, seconds: cpu(), others: [...others] }
}

/** Seconds of this thread on a core: those of a clock would be of the machine's other work. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000_000
}
