import { describe, expect, test } from 'vitest'
import { settle } from '../../testing/simulation/settle.ts'
import { simulate } from '../../testing/simulation/world/runs/simulation.ts'
import { nextTask } from './next-task.ts'

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)

describe('a run of the simulation', () => {
  test('the same seed gives the same run to the byte', async () => {
    for (const seed of SEEDS) expect(await story(seed), `seed ${seed}`).toBe(await story(seed))
  })

  test('500 promise turns after each action change nothing: a task boundary leaves no work undone', async () => {
    for (const seed of SEEDS) expect(await story(seed), `seed ${seed}`).toBe(await story(seed, () => settle()))
  })

  test('runs side by side do not disturb each other', async () => {
    const together = await Promise.all(SEEDS.map((seed) => story(seed)))
    for (const [index, seed] of SEEDS.entries()) expect(together[index], `seed ${seed}`).toBe(await story(seed))
  })

  test('seeds differ', async () => {
    const stories = await Promise.all(SEEDS.map((seed) => story(seed)))
    expect(new Set(stories).size).toBe(SEEDS.length)
  })
})

async function story(seed: number, boundary: () => Promise<void> = nextTask): Promise<string> {
  const run = await simulate({ seed, nextTask: boundary })
  return run.observations
    .map((observation) => `${run.timeOf(observation.at)} ${JSON.stringify(observation)}`)
    .join('\n')
}
