import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Deployment } from './deployment.ts'
import { reportLines } from './report.ts'
import { soak } from './soak.ts'

/** Milliseconds from one recovery to the next kill. */
const BETWEEN = [300, 1_500] as const
const LOAD = { lanes: 8, pause: 200 }
const TIMEOUT = 400_000

/** Tests a deployment with so many kills: a soak of some seconds for the gate. */
export function testSoak(deployment: Deployment, { kills }: { readonly kills: number }): void {
  const { name, missing } = deployment
  const isLeftOut = missing !== undefined && process.env['CI'] !== 'true'
  if (isLeftOut) process.stderr.write(`left out: the soak of ${name} needs ${missing}\n`)
  const title = `I1 I2 I3 I4 I7 I9 P8 P10 P18 ${name}: ${kills} kills in turn, and nothing is lost or done twice`
  test.skipIf(isLeftOut).concurrent(title, { timeout: TIMEOUT }, async () => {
    const folder = mkdtempSync(join(tmpdir(), `batuta-soak-${name}-`))
    const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 2 ** 31)
    const isOver = (made: number) => made >= kills
    const log = (line: string) => console.log(`${name}: ${line}`)
    const report = await soak(deployment, { folder, seed, isOver, between: BETWEEN, ...LOAD, log })
    const [summary, ...violations] = reportLines(name, report)
    console.log(`${summary} (seed ${seed})`)
    expect(violations, `seed ${seed}, see ${folder}`).toEqual([])
    expect(report.kills).toHaveLength(kills)
    rmSync(folder, { recursive: true })
  })
}
