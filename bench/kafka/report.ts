import { median } from '../../testing/load/figures.ts'
import { table } from '../columns.ts'
import type { TableRow } from '../columns.ts'
import { quantile } from '../../testing/load/figures.ts'
import type { Burst } from './burst.ts'
import type { PipeFigures } from './measure.ts'
import { SUBJECTS } from './subject.ts'
import type { PipeName } from './subject.ts'

/** The figures of every round, by subject. */
export type PipeResults = Readonly<Record<PipeName, readonly PipeFigures[]>>

const TITLES: Readonly<Record<PipeName, string>> = {
  memory: 'Batuta, memory',
  sqlite: 'Batuta, durable sqlite',
  bare: 'bare pipe in batches',
  single: 'one at a time, sqlite',
}

/** The figures, one line each. */
export function figuresTable(results: PipeResults): string {
  const head = ['', 'events a second', 'CPU µs each', 'of the broker', 'cores: itself', 'broker', 'others']
  return table([head, ...SUBJECTS.map((subject) => [TITLES[subject], ...cells(results[subject])])], 0)
}

function cells(all: readonly PipeFigures[]): TableRow {
  const cell = (pick: (figures: PipeFigures) => number, digits: number): string => median(all.map(pick)).toFixed(digits)
  return [
    cell(({ rate }) => rate, 0),
    cell(({ microseconds }) => microseconds.subject, 0),
    cell(({ microseconds }) => microseconds.broker, 0),
    cell(({ busy }) => busy.subject, 2),
    cell(({ busy }) => busy.broker, 2),
    cell(({ busy }) => busy.others, 2),
  ]
}

/** Cores kept busy by other processes. */
export function disturbance(results: PipeResults): number {
  return median(SUBJECTS.flatMap((subject) => results[subject].map(({ busy }) => busy.others)))
}

const MEGABYTE = 1_000_000

export function burstText({ events, commands, lag, caughtUp, allSent, memory, reads, forgotten }: Burst): string {
  const after = (seconds: number | undefined) =>
    seconds === undefined ? 'NOT in time' : `${seconds.toFixed(1)} s later`
  return [
    `A burst of ${count(events)} events at a durable service: at most ${count(lag)} behind; caught up ${after(caughtUp)},`,
    `all commands sent ${after(allSent)} (${count(commands)} of them, ${count(forgotten)} left to the sweep); at most`,
    `${(memory / MEGABYTE).toFixed(0)} MB resident. Reads over HTTP meanwhile: p50 ${quantile(reads, 0.5).toFixed(0)} ms, p99 ${quantile(reads, 0.99).toFixed(0)} ms.`,
  ].join('\n')
}

/** The goals, one line each, with yes or no. */
export function reaches(results: PipeResults, { commands, events, caughtUp, memory, forgotten }: Burst): string {
  const pipe = ratio(results, 'memory', 'bare')
  const single = ratio(results, 'sqlite', 'single')
  return [
    line(pipe >= 0.4, `memory reaches 0.4 of the bare pipe: ${pipe.toFixed(2)}`),
    line(single >= 8, `durable sqlite reaches 8 times the way of one at a time: ${single.toFixed(1)}`),
    line(caughtUp !== undefined, 'the lag of a burst returns to zero'),
    line(commands === events && forgotten === 0, 'its commands are sent once, none by the sweep'),
    line(memory < 400 * MEGABYTE, 'it stays below 400 MB'),
  ].join('\n')
}

/** The median of the ratios of each round: a disturbance of a round affects both of its sides. */
function ratio(results: PipeResults, above: PipeName, below: PipeName): number {
  return median(results[above].map(({ rate }, round) => rate / (results[below][round]?.rate ?? Number.NaN)))
}

function line(isReached: boolean, text: string): string {
  return `  ${isReached ? 'yes' : 'NO '}  ${text}`
}

function count(many: number): string {
  return many.toLocaleString('en')
}
