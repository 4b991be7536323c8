import { PropertyJudge } from '../../../testing/properties/judge.ts'
import type { SagaProperties } from '../../../testing/properties/properties.ts'
import { simulate } from '../../../testing/simulation/world/runs/simulation.ts'
import type { SimulatedRun } from '../../../testing/simulation/world/runs/simulated-run.ts'
import type { FindingTerms } from './run-findings.ts'
import { addRun, emptyTally } from './run-tally.ts'
import type { RunTally } from './run-tally.ts'
import type { UsersService } from './simulated-service.ts'

/** What all runs of a command have in common: plain data. */
export interface Simulated {
  readonly service: UsersService
  readonly properties: SagaProperties
  /** By the labels of commands. */
  readonly costs: Readonly<Record<string, number>>
}

/** A seed, with or without faults. */
export interface SeedRun {
  readonly seed: number
  /** Without any fault. */
  readonly isPlain: boolean
  readonly dropped?: ReadonlySet<string> | undefined
}

/** Seeds of one kind of run: the piece of work of a thread. */
export interface SeedBatch {
  readonly from: number
  readonly count: number
  readonly isPlain: boolean
}

/** One run. The same seed gives the same run. */
export function runOfSeed({ service }: Simulated, { seed, isPlain, dropped }: SeedRun): Promise<SimulatedRun> {
  return simulate({ seed, dropped, nextTask, played: isPlain ? plain(service) : faulty(service) })
}

/** Runs a batch, and counts what it shows. */
export async function tallyOf(simulated: Simulated, { from, count, isPlain }: SeedBatch): Promise<RunTally> {
  const terms = { ...termsOf(simulated), costs: simulated.costs, hasPaths: isPlain }
  const tally = emptyTally()
  for (let seed = from; seed < from + count; seed++) addRun(tally, await runOfSeed(simulated, { seed, isPlain }), terms)
  return tally
}

/** What findings are judged by. */
export function termsOf({ service: { definition }, properties }: Simulated): FindingTerms {
  return { definition, judge: new PropertyJudge(properties) }
}

function plain(service: UsersService) {
  return { ...service, isPlain: true }
}

function faulty(service: UsersService) {
  return { ...service, isPlain: false }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
