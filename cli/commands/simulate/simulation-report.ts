import type { ExploredFinding, ExploredMachine } from './explored-findings.ts'
import { exampleOf } from './finding-example.ts'
import type { FindingExample } from './finding-example.ts'
import { expectedNumbers, reportedPaths } from './path-numbers.ts'
import type { ExpectedNumbers, ReportedPath } from './path-numbers.ts'
import { isFault, keyOf, subjectOf } from './run-findings.ts'
import type { RunFinding } from './run-findings.ts'
import type { SeedTallies } from './run-seeds.ts'
import type { Sightings } from './run-tally.ts'
import type { ArrivalFact } from './saga-facts.ts'
import type { Simulated } from './seed-run.ts'

/** A finding, as the exploration and the runs show it. */
export interface ReportedFinding {
  readonly what: RunFinding
  /** True: the exit code is 1. False: it takes a failure that an operator, or a timeout, mends. */
  readonly isFault: boolean
  readonly explored?: Omit<ExploredFinding<RunFinding>, 'what'> | undefined
  /** Sagas of runs, and a run that shows it. */
  readonly runs?: { readonly sagas: number; readonly example: FindingExample } | undefined
}

/** An event that may arrive unexpectedly. */
export interface ReportedArrival extends ArrivalFact {
  /** Sagas of runs to which it happened, without faults and with faults. */
  readonly sagas: { readonly withoutFaults: number; readonly withFaults: number }
  /** Fewest faults; absent where the exploration has not found it. */
  readonly faults?: number | undefined
  readonly explored?: ExploredFinding<ArrivalFact>['trace'] | undefined
  /** The first run that shows it; absent where none has. */
  readonly example?:
    | { readonly seed: number; readonly isPlain: boolean; readonly sagaId: string | undefined }
    | undefined
}

/** The result of a simulation. Its JSON is this, with `version`; a new key may come, none goes. */
export interface SimulationReport {
  readonly exploration: Omit<ExploredMachine, 'findings' | 'arrivals' | 'neverReached'>
  readonly runs: {
    readonly from: number
    readonly seeds: number
    readonly sagas: { readonly withoutFaults: number; readonly withFaults: number }
    /** Runs that were cut off, since a saga went round in them without an end. */
    readonly cut: number
  }
  /** States that the exploration does not reach; where it is not whole, that no run has reached either. */
  readonly neverReached: readonly string[]
  /** States that can be reached, and no run has reached. */
  readonly reachedByNoRun: readonly string[]
  readonly findings: readonly ReportedFinding[]
  readonly arrivals: readonly ReportedArrival[]
  /** Of the runs without faults. */
  readonly expected: ExpectedNumbers
  readonly paths: readonly ReportedPath[]
  /** Sagas on paths that are not listed. */
  readonly otherPaths: number
  /** What of the file was not simulated. */
  readonly leftOut: readonly string[]
}

/** What a report is made of. */
export interface SimulationParts {
  readonly simulated: Simulated
  readonly explored: ExploredMachine
  readonly tallies: SeedTallies
  readonly from: number
  readonly seeds: number
  readonly leftOut: readonly string[]
}

/** Joins the exploration and the runs; each finding of a run gets an example, shrunk. */
export async function simulationReport(parts: SimulationParts): Promise<SimulationReport> {
  const { simulated, explored, tallies, from, seeds, leftOut } = parts
  const { plain, faulty } = tallies
  const { isWhole, situations, faults } = explored
  const unreached = simulated.service.definition.states
    .map(({ id }) => id)
    .filter((id) => !plain.reached.has(id) && !faulty.reached.has(id))
  const impossible = new Set(explored.neverReached)
  return {
    exploration: { isWhole, situations, faults },
    runs: {
      from,
      seeds,
      sagas: { withoutFaults: plain.sagas, withFaults: faulty.sagas },
      cut: plain.cut + faulty.cut,
    },
    neverReached: unreached.filter((id) => impossible.has(id)),
    reachedByNoRun: unreached.filter((id) => !impossible.has(id)),
    findings: await findingsIn(parts),
    arrivals: arrivalsIn(parts),
    expected: expectedNumbers(plain),
    paths: reportedPaths(plain),
    otherPaths: plain.others,
    leftOut,
  }
}

/** True if nothing was found that the machine, its play or the product is to be blamed for; where it is strict, nothing at all. */
export function isSound({ findings, neverReached }: SimulationReport, isStrict: boolean): boolean {
  return neverReached.length === 0 && findings.every((one) => !one.isFault && !isStrict)
}

async function findingsIn({ simulated, explored, tallies }: SimulationParts): Promise<readonly ReportedFinding[]> {
  const reported = new Map<string, ReportedFinding>()
  for (const { what, faults, trace } of explored.findings)
    reported.set(keyOf(what), { what, isFault: isFault(what), explored: { faults, trace } })
  const seen = new Map<string, { readonly one: Sightings<RunFinding>; readonly isPlain: boolean }>()
  for (const [isPlain, { findings }] of [[true, tallies.plain] as const, [false, tallies.faulty] as const])
    for (const [key, one] of findings) {
      const known = seen.get(key)
      if (known === undefined) seen.set(key, { one, isPlain })
      else seen.set(key, { ...known, one: { ...known.one, sagas: known.one.sagas + one.sagas } })
    }
  for (const [key, { one, isPlain }] of seen) {
    const example = await exampleOf(simulated, one, isPlain)
    const known = reported.get(key) ?? { what: one.what, isFault: isFault(one.what) }
    reported.set(key, { ...known, runs: { sagas: one.sagas, example } })
  }
  return [...reported.values()].filter(isNews).toSorted((one, other) => Number(other.isFault) - Number(one.isFault))
}

/** A failure around the machine is not listed where the same comes about without one. */
function isNews(one: ReportedFinding, _: number, all: readonly ReportedFinding[]): boolean {
  return one.isFault || !all.some((other) => other.isFault && subjectOf(other.what) === subjectOf(one.what))
}

function arrivalsIn({ explored, tallies: { plain, faulty } }: SimulationParts): readonly ReportedArrival[] {
  const found = new Map(explored.arrivals.map((one) => [JSON.stringify(one.what), one]))
  const keys = new Set([...plain.arrivals.keys(), ...faulty.arrivals.keys(), ...found.keys()])
  const reported = [...keys].map((key) => ({
    ...(JSON.parse(key) as ArrivalFact),
    sagas: { withoutFaults: plain.arrivals.get(key)?.sagas ?? 0, withFaults: faulty.arrivals.get(key)?.sagas ?? 0 },
    faults: found.get(key)?.faults,
    explored: found.get(key)?.trace,
    example: firstOf(plain.arrivals.get(key), faulty.arrivals.get(key)),
  }))
  return reported.toSorted((one, other) => sum(other) - sum(one))
}

function firstOf(
  plain: Sightings<ArrivalFact> | undefined,
  faulty: Sightings<ArrivalFact> | undefined,
): ReportedArrival['example'] {
  const one = plain ?? faulty
  return one && { seed: one.seed, isPlain: plain !== undefined, sagaId: one.sagaId }
}

function sum({ sagas }: ReportedArrival): number {
  return sagas.withoutFaults + sagas.withFaults
}
