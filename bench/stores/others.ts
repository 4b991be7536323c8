import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import process from 'node:process'
import { processorSeconds } from '../../testing/load/figures.ts'
import { family } from '../../test/services/processes.ts'

/** Processor seconds used so far by processes outside this bench; `NaN` where the system has no /proc. */
export function othersUntilNow(): number {
  const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq)
  const machine = busy.reduce((sum, one) => sum + one, 0) / 1_000
  const ours = family(process.pid).map(({ pid }) => processorSeconds(pid))
  return machine - ours.reduce((sum, one) => sum + one, 0) - endedSeconds()
}

/** Processor seconds of children that have ended. */
function endedSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[13]) + Number(fields[14])) / 100
  } catch {
    return Number.NaN
  }
}
