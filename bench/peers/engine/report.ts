import { median } from '../../../testing/load/figures.ts'
import { table } from '../../columns.ts'
import { line } from '../report.ts'
import { PACKAGES } from '../settings.ts'

/** This project and the peers of its pure step. */
export type EngineName = 'batuta' | 'xstate5' | 'xstate6' | 'xstate6-fsm'

/** Steps a second of processor time, of every round. */
export type EngineRates = ReadonlyMap<EngineName, readonly number[]>

/** This project's step is to be so many times faster than XState's. */
const REACH = 10

const TITLES: Readonly<Record<EngineName, string>> = {
  batuta: 'Batuta: decide + evolve',
  xstate5: `XState ${PACKAGES.xstate5.xstate}: transition`,
  xstate6: `XState ${PACKAGES.xstate6.xstate}: transition`,
  'xstate6-fsm': `XState ${PACKAGES.xstate6.xstate}: xstate/fsm`,
}

const WHAT = `The pure step alone: a creation and two events of the reservation, the payload merged, the next command returned.
XState's actors keep their sagas in memory, so XState has no row among the durable services. xstate/fsm returns neither
commands nor whether a state is final: an upper bound.`

/** The table of the engines, and what was to be reached. */
export function enginesText(rates: EngineRates): string {
  const rows = [...rates].map(([name, all]) => [
    TITLES[name],
    Math.round(median(all)).toLocaleString('en'),
    name === 'batuta' ? '' : timesFaster(rates, name).toFixed(1),
  ])
  const reached = [...rates.keys()].flatMap((name) => {
    if (name === 'batuta' || name === 'xstate6-fsm') return []
    const times = timesFaster(rates, name)
    return line(times >= REACH, `${REACH} times ${TITLES[name]}: ${times.toFixed(1)}`)
  })
  return [WHAT, '', table([['', 'steps a second of CPU', '×'], ...rows], 0), '', ...reached].join('\n')
}

/** The median of the ratios of each round. */
function timesFaster(rates: EngineRates, name: EngineName): number {
  const ours = rates.get('batuta') ?? []
  return median((rates.get(name) ?? []).map((theirs, round) => (ours[round] ?? Number.NaN) / theirs))
}
