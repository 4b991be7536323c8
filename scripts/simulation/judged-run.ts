import type { Violation } from '../../testing/checker/observation.ts'
import { pathProblems } from '../../testing/checker/path.ts'
import { simulate } from '../../testing/simulation/world/runs/simulation.ts'
import type { SimulatedRun } from '../../testing/simulation/world/runs/simulation.ts'
import type { StoreKind } from '../../testing/simulation/world/stores/store-kinds.ts'

/** A seed, and the store where it is not the seed's own choice. */
export interface SeedOptions {
  readonly seed: number
  readonly store: StoreKind | undefined
  readonly dropped?: ReadonlySet<string> | undefined
}

/** One run on Node. */
export function runOf(options: SeedOptions): Promise<SimulatedRun> {
  return simulate({ ...options, nextTask })
}

/** The rules that a run has broken. */
export function violationsOf(run: SimulatedRun): readonly Violation[] {
  const [definition] = run.machines.values()
  return [...run.sagas].flatMap(([sagaId, { head, document }]) => {
    const ends = head.isFinal && head.owed.length === 0 ? [] : [`it stands in "${head.state}" at the end`]
    const problems = definition === undefined ? [] : pathProblems(definition, document)
    return [
      ...ends.map((why) => ({ rule: 'I9', sagaId, why })),
      ...problems.map((why) => ({ rule: 'I3', sagaId, why })),
    ]
  })
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
