import type { Violation } from '../../testing/checker/observation.ts'
import { checkRun } from '../../testing/checker/check-run.ts'
import { EXAMPLE_MACHINES } from '../../testing/load/example-machines.ts'
import { simulate } from '../../testing/simulation/world/runs/simulation.ts'
import type { SimulatedRun } from '../../testing/simulation/world/runs/simulated-run.ts'
import type { StoreKind } from '../../testing/simulation/world/stores/store-kinds.ts'

/** A seed, and the store where it is not the seed's own choice. */
export interface SeedOptions {
  readonly seed: number
  readonly store: StoreKind | undefined
  readonly dropped?: ReadonlySet<string> | undefined
}

/** One run on Node. */
export function runOf(options: SeedOptions): Promise<SimulatedRun> {
  return simulate({ ...options, examples: EXAMPLE_MACHINES, nextTask })
}

/** The rules that a run has broken. */
export function violationsOf(run: SimulatedRun): readonly Violation[] {
  return checkRun(run)
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
