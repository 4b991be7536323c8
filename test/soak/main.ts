/**
 * `npm run soak -- --minutes 10 [--only sqlite,redis] [--seed N]`: runs sagas on each deployment for so long, while its processes are
 * killed in turn. Exit code 1 where a promise was broken; the folder with the ledgers and logs is kept then.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { messageOf } from '../../src/errors.ts'
import type { Deployment } from './deployment.ts'
import { DEPLOYMENTS } from './deployments.ts'
import { reportLines } from './report.ts'
import { soak } from './soak.ts'

/** Milliseconds from one recovery to the next kill. */
const BETWEEN = [2_000, 20_000] as const
/** Some ten sagas a second. */
const LOAD = { lanes: 24, pause: 1_000 }

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', default: DEPLOYMENTS.map(({ name }) => name).join() },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
const only = values.only.split(',')
const unknown = only.filter((name) => !DEPLOYMENTS.some((one) => one.name === name))
if (unknown.length > 0 || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  const names = DEPLOYMENTS.map(({ name }) => name).join()
  process.stderr.write(`soak: expected --minutes <number> [--only ${names}] [--seed <number>]\n`)
  process.exitCode = 1
} else {
  process.once('SIGINT', () => process.exit(130)) // the processes of the run end with this one
  const chosen = DEPLOYMENTS.filter(({ name }) => only.includes(name))
  for (const deployment of chosen) if (!(await isSound(deployment))) process.exitCode = 1
}

async function isSound(deployment: Deployment): Promise<boolean> {
  const { name, missing } = deployment
  if (missing !== undefined) {
    say(`${name}: left out, it needs ${missing}`)
    return true
  }
  const folder = mkdtempSync(join(tmpdir(), `batuta-soak-${name}-`))
  say(`${name}: ${minutes} minutes, seed ${seed}, ${folder}`)
  const isOver = (_kills: number, elapsed: number) => elapsed > minutes * 60_000
  const log = (line: string) => say(`${name}: ${line}`)
  const report = await soak(deployment, { folder, seed, between: BETWEEN, ...LOAD, isOver, log }).catch(messageOf)
  if (typeof report === 'string') {
    log(`it did not run: ${report}; see ${folder}`)
    return false
  }
  for (const line of reportLines(name, report)) say(line)
  if (report.violations.length === 0) rmSync(folder, { recursive: true })
  else say(`${name}: ledgers, logs and documents of the sagas are in ${folder}`)
  return report.violations.length === 0
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
