import { chmodSync } from 'node:fs'
import { cpus } from 'node:os'
import process from 'node:process'
import { benchEngines } from './engine/main.ts'
import { PEERS, TITLES } from './names.ts'
import { peersDisturbance, peersReach, peersTable } from './report.ts'
import { runRounds } from './rounds.ts'
import type { PeerPlan } from './rounds.ts'
import { countSyncs } from './syncs.ts'
import { findSubjects } from './subjects.ts'
import { DIFFERENCES, NOT_MEASURED, settingsText, WHAT } from './texts.ts'

/** Takes at most ten minutes; quick a minute and a half, for a first impression only. The first installation comes on top. */
const FULL: PeerPlan = { rounds: 5, warmUp: 1_200, measure: 2_600, budget: 420_000 }
const QUICK: PeerPlan = { rounds: 1, warmUp: 800, measure: 1_200, budget: 60_000 }

/** Cores. */
const DISTURBED = 0.2

/** Measures the same saga on this project and on its peers. Returns the exit code: 0 where peers are missing too. */
export async function benchPeers(root: string, isQuick: boolean, only: readonly string[]): Promise<number> {
  const unknown = only.find((part) => part !== 'engine' && part !== 'sagas')
  if (unknown !== undefined) {
    tell(`bench peers: there is no part "${unknown}"; expected sagas or engine`)
    return 1
  }
  const begun = performance.now()
  const cpu = cpus()
  say(`Node ${process.version}, ${cpu.length} × ${cpu[0]?.model ?? 'unknown'}\n`)
  if (only.length === 0 || only.includes('sagas')) await benchSagas(root, isQuick ? QUICK : FULL)
  if (only.length === 0 || only.includes('engine')) say(`${await benchEngines(isQuick)}\n`)
  say(`${NOT_MEASURED}\n\n${((performance.now() - begun) / 1_000).toFixed(0)} s`)
  return 0
}

async function benchSagas(root: string, plan: PeerPlan): Promise<void> {
  chmodSync(root, 0o711) // PostgreSQL's own user passes through it
  tell('install')
  const subjects = await findSubjects()
  say(`${WHAT}\n`)
  const { results, failed } = await runRounds(subjects, plan, { root, tell })
  say(`${peersTable(results)}\n\n  ${results.get('batuta')?.length ?? 0} rounds\n`)
  for (const name of PEERS) {
    const reason = subjects.absent.get(name) ?? failed.get(name)
    if (reason !== undefined) say(`Not measured here: ${TITLES[name]}: ${reason}`)
  }
  if (results.has('restate-1')) say(`${peersReach(results)}\n`)
  const others = peersDisturbance(results)
  if (others > DISTURBED)
    say(`Other processes kept ${others.toFixed(2)} cores busy meanwhile: measure again on a quiet machine\n`)
  if (plan.rounds > 1) say(`${await countSyncs(subjects.starts, root)}\n`)
  say(`${settingsText()}\n\n${DIFFERENCES}\n`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
