import { printable } from '../../service/printable.ts'
import { quoted } from '../../service/quoted.ts'
import { table } from '../../service/table.ts'
import { durationText } from './duration-text.ts'
import { findingText } from './finding-text.ts'
import type { ReportedPath, Spread } from './path-numbers.ts'
import type { ReportedArrival, ReportedFinding, SimulationReport } from './simulation-report.ts'
import type { TraceLine } from './saga-trace.ts'

/** Rows of each list that are shown; JSON has all. */
const MOST = 10

/** The names that a report for people repeats. */
export interface ReportNames {
  /** The command line that a seed is shown with, without the seed. */
  readonly command: string
}

/** A simulation for people. */
export function formatSimulation(report: SimulationReport, names: ReportNames): string {
  const { findings, neverReached, reachedByNoRun, leftOut } = report
  const [faults, others] = [findings.filter((one) => one.isFault), findings.filter((one) => !one.isFault)]
  return [
    methodText(report),
    namesText(
      report.exploration.isWhole ? 'states that no saga can reach' : 'states that were never reached',
      neverReached,
    ),
    namesText(
      'states that can be reached, and that no run has reached: take more --seeds, or other weights',
      reachedByNoRun,
    ),
    ...faults.map((one) => oneFinding(one, names)),
    othersText(others),
    arrivalsText(report.arrivals),
    pathsText(report),
    leftOut.length === 0 ? '' : `not simulated\n${leftOut.map((line) => `  ${line}\n`).join('')}`,
    `${verdict(faults.length, neverReached.length)}\n`,
  ]
    .filter((text) => text !== '')
    .join('\n')
}

function methodText({ exploration, runs }: SimulationReport): string {
  const { isWhole, situations, faults } = exploration
  const { from, seeds, sagas, cut } = runs
  const looked = `${situations.toLocaleString('en')} situations`
  const explored = isWhole
    ? `exhaustive: every order in which one saga can go, with up to ${counted(faults, 'fault')}: ${looked}\n`
    : `not exhaustive: the exploration ended after ${looked} (--most); what follows rests on the random runs too\n`
  return [
    explored,
    `random: seeds ${from} to ${from + seeds - 1}, each run without faults (${counted(sagas.withoutFaults, 'saga')})`,
    ` and with faults (${counted(sagas.withFaults, 'saga')}), judged by the rules of the protocol\n`,
    cut === 0 ? '' : `${counted(cut, 'run')} cut off: a saga went round in it without an end\n`,
  ].join('')
}

function oneFinding({ what, explored, runs }: ReportedFinding, { command }: ReportNames): string {
  const head = `FOUND ${printable(findingText(what))}\n`
  const seen = runs === undefined ? '' : `  in ${counted(runs.sagas, 'saga')} of the runs\n`
  if (explored !== undefined) {
    const steps = explored.trace.map(
      ({ text, faults }) => `    ${printable(text)}${faults.length === 0 ? '' : `   [${faults.join(', ')}]`}\n`,
    )
    return `${head}${seen}  the shortest way, ${explored.faults === 0 ? 'without any fault' : `with ${counted(explored.faults, 'fault')}`}\n${steps.join('')}`
  }
  if (runs === undefined) return head
  const { seed, isPlain, trace } = runs.example
  const again = `${command} --seed ${seed}${isPlain ? ' --without-faults' : ''}`
  const kind = isPlain ? 'without faults' : 'with as few faults as were found to be needed'
  return `${head}${seen}  seed ${seed}, ${kind}; all of the run: ${again}\n${traceText(trace)}`
}

/** Lines of a trace, seconds since the beginning of the run first. */
export function traceText(trace: readonly TraceLine[]): string {
  return trace.map(({ time, text }) => `${(time / 1_000).toFixed(3).padStart(14)} s  ${printable(text)}\n`).join('')
}

function othersText(findings: readonly ReportedFinding[]): string {
  if (findings.length === 0) return ''
  return `only after a failure around the machine: an answer that never comes, or a command that is given up (--strict)\n${findings
    .map(({ what }) => `  ${printable(findingText(what))}\n`)
    .join('')}`
}

function arrivalsText(arrivals: readonly ReportedArrival[]): string {
  const rows = arrivals
    .slice(0, MOST)
    .map(({ event, state, outcome, sagas, faults }) => [
      event,
      state,
      outcome,
      String(sagas.withoutFaults),
      String(sagas.withFaults),
      faults === undefined ? '' : String(faults),
    ])
  const titles = ['EVENT', 'IN STATE', 'OUTCOME', 'SAGAS WITHOUT FAULTS', 'SAGAS WITH FAULTS', 'FEWEST FAULTS']
  const more = `${arrivals.length > MOST ? `and ${arrivals.length - MOST} more; ` : ''}--json has the way to each\n`
  return rows.length === 0 ? '' : `events that may arrive unexpectedly\n${table(titles, rows)}${more}`
}

function pathsText({ paths, otherPaths, expected }: SimulationReport): string {
  const { sagas, ended, duration, cost } = expected
  const hasCosts = cost.p99 > 0
  const titles = ['SHARE', 'MEAN', 'P50', 'P99', ...(hasCosts ? ['COST'] : []), 'END', 'EVENTS']
  const rows = paths.slice(0, MOST).map((path) => pathRow(path, hasCosts))
  const hidden = paths.slice(MOST).reduce((sum, path) => sum + path.sagas, otherPaths)
  const costs = hasCosts ? `; cost mean ${cost.mean}, p50 ${cost.p50}, p99 ${cost.p99}` : ''
  return [
    'paths, durations and costs of the runs without faults (time of participants, deadlines and repeats; calls take up to 30 ms)\n',
    table(titles, rows),
    hidden === 0 ? '' : `${percent(hidden / sagas)} on other paths (--json has them)\n`,
    `expected: ${percent(ended / sagas)} end; duration mean ${durationText(duration.mean)}, ${shortSpread(duration)}${costs}\n`,
  ].join('')
}

function pathRow({ share, duration, cost, end, states, events }: ReportedPath, hasCosts: boolean): readonly string[] {
  return [
    percent(share),
    durationText(duration.mean),
    durationText(duration.p50),
    durationText(duration.p99),
    ...(hasCosts ? [String(cost.mean)] : []),
    end === 'final' ? (states.at(-1) ?? '') : `stands still in ${states.at(-1) ?? ''}`,
    eventsText(events),
  ]
}

/** Events of a path that are shown. */
const LONGEST = 8

function eventsText(events: readonly string[]): string {
  const shown = events.length > LONGEST ? [...events.slice(0, LONGEST), `… ${events.length - LONGEST} more`] : events
  return shown.join(', ')
}

function shortSpread({ p50, p99 }: Spread): string {
  return `p50 ${durationText(p50)}, p99 ${durationText(p99)}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function namesText(title: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${title}\n  ${names.map(quoted).join(', ')}\n`
}

function verdict(faults: number, states: number): string {
  const parts = [
    ...(faults === 0 ? [] : [`${counted(faults, 'finding')}`]),
    ...(states === 0 ? [] : [`${counted(states, 'state')} never reached`]),
  ]
  return parts.length === 0 ? 'nothing was found' : parts.join(', ')
}

function counted(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`
}
