import { describe, expect, test } from 'vitest'
import { pathProblems } from '../../testing/checker/path.ts'
import { STORE_KINDS } from '../../testing/simulation/world/stores/store-kinds.ts'
import { simulate } from '../../testing/simulation/world/runs/simulation.ts'
import type { SimulatedRun } from '../../testing/simulation/world/runs/simulation.ts'
import { nextTask } from './next-task.ts'

const RUNS = 500
/** Runs take some milliseconds each, on a machine with nothing else to do. */
const PATIENCE = 120_000

describe('fresh seeds', () => {
  test.each(STORE_KINDS)(
    '%s: every saga comes to its end on a path of its machine (I3)',
    { timeout: PATIENCE },
    async (store) => {
      const first = Math.floor(Math.random() * 2 ** 40)
      for (let seed = first; seed < first + RUNS; seed++)
        expect(problemsOf(await simulate({ seed, store, nextTask })), `seed ${seed}, store ${store}`).toEqual([])
    },
  )
})

function problemsOf({ sagas, machines }: SimulatedRun): readonly string[] {
  const [definition] = machines.values()
  return [...sagas].flatMap(([id, { head, document }]) => [
    ...(definition === undefined ? [] : pathProblems(definition, document)),
    ...(head.isFinal ? [] : [`${id} stands in "${head.state}"`]),
    ...(head.owed.length === 0 ? [] : [`${id} owes ${head.owed.map((debt) => debt.id).join(', ')}`]),
  ])
}
