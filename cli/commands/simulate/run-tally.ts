import type { SimulatedRun } from '../../../testing/simulation/world/runs/simulated-run.ts'
import { findingsOf, keyOf } from './run-findings.ts'
import type { FindingTerms, RunFinding } from './run-findings.ts'
import { factsOf } from './saga-facts.ts'
import type { ArrivalFact, SagaFacts } from './saga-facts.ts'

/** A path that sagas took. */
export interface PathTally {
  readonly states: readonly string[]
  readonly events: readonly string[]
  readonly isFinal: boolean
  /** Of each saga, in virtual milliseconds. */
  readonly durations: number[]
  readonly costs: number[]
}

/** Something that happened to sagas, and the first seed that shows it. */
export interface Sightings<T> {
  readonly what: T
  readonly sagas: number
  readonly seed: number
  readonly sagaId: string | undefined
}

/** Counts of many runs: plain data, which a thread sends to another. */
export interface RunTally {
  runs: number
  sagas: number
  /** Runs that were cut off. */
  cut: number
  readonly reached: Set<string>
  readonly paths: Map<string, PathTally>
  /** Sagas on paths beyond those that are told apart. */
  others: number
  readonly arrivals: Map<string, Sightings<ArrivalFact>>
  readonly findings: Map<string, Sightings<RunFinding>>
}

/** What a run is counted by. */
export interface TallyTerms extends FindingTerms {
  /** By the labels of commands. */
  readonly costs: Readonly<Record<string, number>>
  /** Paths, durations and costs are counted. */
  readonly hasPaths: boolean
}

/** Paths that are told apart. */
const MOST_PATHS = 10_000

/** Counts of no run. */
export function emptyTally(): RunTally {
  return {
    runs: 0,
    sagas: 0,
    cut: 0,
    reached: new Set(),
    paths: new Map(),
    others: 0,
    arrivals: new Map(),
    findings: new Map(),
  }
}

/** Adds a run. */
export function addRun(tally: RunTally, run: SimulatedRun, terms: TallyTerms): void {
  tally.runs++
  if (run.isCut) tally.cut++
  const { seed } = run
  for (const facts of factsOf(run)) {
    const { sagaId } = facts
    tally.sagas++
    for (const state of facts.states) tally.reached.add(state)
    if (terms.hasPaths) addPath(tally, facts, costOf(facts, terms))
    for (const arrival of facts.arrivals)
      count(tally.arrivals, JSON.stringify(arrival), { what: arrival, sagas: 1, seed, sagaId })
  }
  for (const { finding, sagaId } of findingsOf(run, terms))
    count(tally.findings, keyOf(finding), { what: finding, sagas: 1, seed, sagaId })
}

/** Adds the counts of later seeds. */
export function addTally(tally: RunTally, later: RunTally): void {
  tally.runs += later.runs
  tally.sagas += later.sagas
  tally.cut += later.cut
  tally.others += later.others
  for (const state of later.reached) tally.reached.add(state)
  for (const [key, one] of later.arrivals) count(tally.arrivals, key, one)
  for (const [key, one] of later.findings) count(tally.findings, key, one)
  for (const [key, path] of later.paths) {
    const known = pathOf(tally, key, path)
    if (known === undefined) tally.others += path.durations.length
    else for (const [index, duration] of path.durations.entries()) add(known, duration, path.costs[index] ?? 0)
  }
}

function addPath(tally: RunTally, { states, events, isFinal, duration }: SagaFacts, cost: number): void {
  const key = JSON.stringify([states, events, isFinal])
  const known = pathOf(tally, key, { states, events, isFinal })
  if (known === undefined) tally.others++
  else add(known, duration, cost)
}

function pathOf(
  { paths }: RunTally,
  key: string,
  { states, events, isFinal }: Pick<PathTally, 'states' | 'events' | 'isFinal'>,
): PathTally | undefined {
  const known = paths.get(key)
  if (known !== undefined || paths.size >= MOST_PATHS) return known
  const path = { states, events, isFinal, durations: [], costs: [] }
  paths.set(key, path)
  return path
}

function add({ durations, costs }: PathTally, duration: number, cost: number): void {
  durations.push(duration)
  costs.push(cost)
}

function costOf({ commands }: SagaFacts, { costs }: TallyTerms): number {
  return commands.reduce((sum, { label }) => sum + (Object.hasOwn(costs, label) ? (costs[label] ?? 0) : 0), 0)
}

function count<T>(counts: Map<string, Sightings<T>>, key: string, one: Sightings<T>): void {
  const known = counts.get(key)
  counts.set(key, known === undefined ? one : { ...known, sagas: known.sagas + one.sagas })
}
