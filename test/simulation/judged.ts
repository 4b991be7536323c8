import { checkRun } from '../../testing/checker/check-run.ts'
import type { Violation } from '../../testing/checker/observation.ts'
import { EXAMPLE_MACHINES } from '../../testing/load/example-machines.ts'
import { simulate } from '../../testing/simulation/world/runs/simulation.ts'
import type { SimulatedRun } from '../../testing/simulation/world/runs/simulated-run.ts'
import type { SimulationOptions } from '../../testing/simulation/world/runs/simulation.ts'
import { nextTask } from './next-task.ts'

/** Runs of a loaded machine take their time. */
export const PATIENCE = 240_000

/** The run of a seed on this host. */
export function runOf(options: Omit<SimulationOptions, 'nextTask'>): Promise<SimulatedRun> {
  return simulate({ examples: EXAMPLE_MACHINES, ...options, nextTask })
}

/** The rules that a run has broken, each as a line, and the command that replays it. */
export function brokenBy(run: SimulatedRun, store?: string): readonly string[] {
  const command = `npm run simulate -- --seed ${run.seed}${store === undefined ? '' : ` --only-store ${store}`}`
  return checkRun(run).map(({ rule, why }: Violation) => `${rule}: ${why} (${command})`)
}
