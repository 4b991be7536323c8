import { join } from 'node:path'
import { mkdirSync, rmSync } from 'node:fs'
import { startDriver } from '../drive.ts'
import { familyResident } from '../process-family.ts'
import { AT_ONCE } from './names.ts'
import type { PeerName } from './names.ts'
import type { PeerFigures, PeerResults } from './report.ts'
import type { StartPeer, Subjects } from './subjects.ts'

/** Milliseconds; a fresh process of a peer measures each concurrency after the other. */
export interface PeerPlan {
  readonly rounds: number
  readonly warmUp: number
  readonly measure: number
  /** Milliseconds for all rounds: none begins that would take longer, judged by the longest before it. */
  readonly budget: number
}

/** The figures of all rounds, and the peers that failed, with the reason. */
export interface PeerRounds {
  readonly results: PeerResults
  readonly failed: ReadonlyMap<PeerName, string>
}

/** Measures each subject once a round, in fresh processes, in an order that is reversed every round. */
export async function runRounds(
  { starts }: Subjects,
  plan: PeerPlan,
  { root, tell }: { readonly root: string; readonly tell: (line: string) => void },
): Promise<PeerRounds> {
  const results = new Map<PeerName, PeerFigures[][]>([...starts.keys()].map((name) => [name, []]))
  const failed = new Map<PeerName, string>()
  const until = performance.now() + plan.budget
  let longest = 0
  for (let round = 0; round < plan.rounds && performance.now() + longest < until; round++) {
    tell(`round ${round + 1} of at most ${plan.rounds}`)
    const begun = performance.now()
    const order = [...starts]
    for (const [name, start] of round % 2 === 0 ? order : order.toReversed()) {
      if (failed.has(name)) continue
      const folder = join(root, `${name}-${round}`)
      const figures = await measurePeer(start, plan, folder).catch((thrown: Error) => {
        if (name === 'batuta') throw thrown
        failed.set(name, thrown.message)
      })
      if (figures !== undefined) results.get(name)?.push(figures)
    }
    longest = Math.max(longest, performance.now() - begun)
  }
  for (const name of failed.keys()) results.delete(name)
  return { results, failed }
}

/** One fresh process of the peer and of the driver. */
async function measurePeer(start: StartPeer, plan: PeerPlan, folder: string): Promise<PeerFigures[]> {
  mkdirSync(folder)
  const driver = await startDriver()
  try {
    const stage = await start({ folder, participantPort: driver.port })
    const { url, wire, pids } = stage
    try {
      const figures: PeerFigures[] = []
      for (const atOnce of AT_ONCE) {
        const order = { url, pids, wire, atOnce, warmUp: plan.warmUp, measure: plan.measure }
        figures.push({ ...(await driver.drive(order)), atOnce, resident: familyResident(pids) })
      }
      return figures
    } finally {
      await stage.close()
    }
  } finally {
    driver.close()
    rmSync(folder, { recursive: true }) // hundreds of megabytes a round
  }
}
