import { quantile } from '../../testing/load/figures.ts'
import type { DemoSaga } from './lead-all.ts'
import type { SummaryLine, DemoScenario } from './stage.ts'

/** Figures of a finished demo. */
export interface DemoResult {
  readonly all: readonly DemoSaga[]
  readonly plot: DemoScenario
  readonly seconds: number
  readonly figures: readonly SummaryLine[]
  readonly folder: string
}

/** Most problems that are printed. */
const SHOWN = 5

/** The summary, as lines to print. */
export function summary({ all, plot, seconds, figures, folder }: DemoResult): string[] {
  const times = all.flatMap(({ ms }) => ms ?? [])
  const lines: readonly SummaryLine[] = [
    ['confirmed', tally(all, plot, 'reservationConfirmed')],
    ['failed', tally(all, plot, 'reservationFailed')],
    ['throughput', `${round(all.length / seconds)} sagas/s, ${round(seconds)} s in total`],
    ['create→final', `p50 ${round(quantile(times, 0.5))} ms, p99 ${round(quantile(times, 0.99))} ms`],
    ...figures,
    ['data', `${folder} (the store, its saga.json, logs)`],
  ]
  return ['', ...lines.map(([name, value]) => `  ${name.padEnd(12)} ${value}`), ...complaints(all)]
}

/** True where every saga ended in its expected state. */
export function isGood(all: readonly DemoSaga[]): boolean {
  return all.every(({ problems }) => problems.length === 0)
}

function tally(all: readonly DemoSaga[], { reservation, expectedState }: DemoScenario, state: string): string {
  const expected = all.filter(({ number }) => expectedState(reservation(number)) === state).length
  return `${all.filter((saga) => saga.state === state).length} sagas, ${expected} expected`
}

function complaints(all: readonly DemoSaga[]): string[] {
  const wrong = all.filter(({ problems }) => problems.length > 0)
  if (wrong.length === 0)
    return ['', `  Every saga was read through the API: each ended as expected, by transitions of the machine.`]
  const shown = wrong.slice(0, SHOWN).map(({ number, sagaId, problems }) => {
    return `  reservation ${number} (${sagaId ?? 'not created'}): ${problems.join('; ')}`
  })
  return ['', `  ${wrong.length} sagas went wrong:`, ...shown, ...(wrong.length > SHOWN ? ['  ...'] : [])]
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0)
}
