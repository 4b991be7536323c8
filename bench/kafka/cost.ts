import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import process from 'node:process'
import { processorSeconds } from '../../testing/load/figures.ts'

/** Processor seconds used so far. */
export interface Cost {
  readonly subject: number
  readonly broker: number
  /** By all other processes of this machine, except this one. */
  readonly others: number
}

export function costUntilNow(subject: number, broker: number): Cost {
  const busy = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq)
  const machine = busy.reduce((sum, one) => sum + one, 0) / 1_000
  const known = { subject: processorSeconds(subject), broker: processorSeconds(broker) }
  return { ...known, others: machine - known.subject - known.broker - processorSeconds(process.pid) }
}

export function costBetween(before: Cost, after: Cost): Cost {
  return {
    subject: after.subject - before.subject,
    broker: after.broker - before.broker,
    others: Math.max(0, after.others - before.others),
  }
}

/** Largest resident memory of a process so far, in bytes; `NaN` where the system has no /proc. */
export function peakMemory(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) * 1_024
  } catch {
    return Number.NaN
  }
}
