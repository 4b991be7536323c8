import process from 'node:process'
import type { Browser } from 'playwright-core'
import { quantile } from '../../testing/load/figures.ts'

/** The parts of a trial. */
export interface ConsoleTrial {
  readonly browser: Browser
  /** Of the data of its service. */
  readonly folder: string
  readonly isQuick: boolean
}

/** Milliseconds as their median and their longest. */
export function shownTimes(times: readonly number[]): string {
  return `median ${quantile(times, 0.5).toFixed(0)}, at most ${Math.max(...times).toFixed(0)} ms`
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
