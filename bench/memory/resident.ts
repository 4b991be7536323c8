import { readFileSync } from 'node:fs'
import { median } from '../../testing/load/figures.ts'

/** Milliseconds between two readings. */
const INTERVAL = 250

/** Resident memory of a process over a time, in MiB. */
export interface ResidentMemory {
  readonly median: number
  readonly most: number
}

/** Reads a process's resident memory until the returned function is called. */
export function watchResident(pid: number): () => ResidentMemory {
  const readings = [residentNow(pid)]
  const timer = setInterval(() => readings.push(residentNow(pid)), INTERVAL)
  return () => {
    clearInterval(timer)
    return { median: median(readings), most: Math.max(...readings) }
  }
}

/** MiB; needs Linux's /proc. */
export function residentNow(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / 1_024
}
