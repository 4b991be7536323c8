import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { powerLosses } from '../../testing/power/power-losses.ts'
import { seededRandom } from '../../testing/simulation/seeded-random.ts'
import { canTrace, traceOf } from './durable-run.ts'
import { problemsAfter } from './power-loss-run.ts'

export interface TestedLosses {
  /** Sagas of the traced run. */
  readonly sagas: number
  readonly losses: number
}

/** Milliseconds of the run, and of each power loss, on a busy machine. */
const [RUN, EACH] = [120_000, 60_000]

/** Tests that the service goes on after power losses at random instants of one run, with all that it had acknowledged. */
export function testPowerLosses({ sagas, losses }: TestedLosses): void {
  const possible = canTrace()
  const isRequired = process.env['CI'] === 'true'
  if (!possible && !isRequired) {
    process.stderr.write('left out: power losses, whose writes are seen by strace (apt-get install strace, on Linux)\n')
  }
  const title = `I1 I3 I9 ${losses} power losses in a run: what was acknowledged is there, and every saga ends`
  test.runIf(possible || isRequired)(title, { timeout: RUN + losses * EACH }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-power-'))
    const seed = Date.now() % 2 ** 31
    const lines = await traceOf(folder, sagas)
    const store = join(folder, 'batuta.sqlite')
    const problems: string[] = []
    const seen = { pending: 0, created: 0, moved: 0 }
    let nth = 0
    for (const loss of powerLosses(lines, { store, count: losses, random: seededRandom(seed) })) {
      const found = await problemsAfter(loss, join(folder, `loss-${nth++}`))
      problems.push(...found)
      seen.pending += loss.pending
      seen.created += loss.created.size
      seen.moved += loss.moved.length
    }
    console.log(`power losses: ${nth} in ${lines.length} calls, ${JSON.stringify(seen)} (seed ${seed})`)
    expect(nth).toBe(losses)
    expect(problems.slice(0, 20), `${problems.length} problems, seed ${seed}, see ${folder}`).toEqual([])
    expect(seen.pending, 'the run does not count: no write was without a sync').toBeGreaterThanOrEqual(losses)
    rmSync(folder, { recursive: true })
  })
}
