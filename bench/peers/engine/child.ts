import process from 'node:process'
import { sagaLeader } from '../../engine.ts'
import type { LeadSagas } from './leader.ts'

/** `node child.ts MILLISECONDS [FILE]`: prints the steps of one engine a second of processor time. Without a file, this project's. */
const [milliseconds = '1000', file] = process.argv.slice(2)
const lead = file === undefined ? sagaLeader() : ((await import(file)) as { readonly leadSagas: LeadSagas }).leadSagas

/** Sagas between two looks at the clock. */
const MANY = 500

process.stdout.write(`${(measured(Number(milliseconds) / 3), measured(Number(milliseconds)))}\n`)

/** Of processor time, not of the clock: a busy machine then disturbs little. Garbage collection counts. */
function measured(wanted: number): number {
  const begun = spent()
  let sagas = 0
  for (; spent() - begun < wanted * 1_000; sagas += MANY) lead(MANY)
  return (3 * sagas * 1e6) / (spent() - begun)
}

/** Microseconds. */
function spent(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
