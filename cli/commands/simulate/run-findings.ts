import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { checkRun } from '../../../testing/checker/check-run.ts'
import type { Violation } from '../../../testing/checker/observation.ts'
import type { PropertyJudge } from '../../../testing/properties/judge.ts'
import type { SimulatedRun } from '../../../testing/simulation/world/runs/simulated-run.ts'
import { factsOf } from './saga-facts.ts'
import type { SagaFacts } from './saga-facts.ts'

/**
 * Why a saga stands still.
 *
 * - `nobody-asked`: its state has no command, and no event came from outside.
 * - `silent`: the play says that the participant may send no event, or has none that the state lists.
 * - `not-taken`: the answer arrived while the state did not list it, and no other one comes.
 * - `answer-lost`: a fault: the participant acted, and never sends its event. Every state that has a command and no timeout is exposed.
 * - `given-up`: a fault: the command was sent in vain as often as `retry` says, and is a dead letter for an operator.
 */
export type StillCause = 'nobody-asked' | 'silent' | 'not-taken' | 'answer-lost' | 'given-up'

/** Something that a run has shown. */
export type RunFinding =
  /** A promise of the service itself is broken (docs/PROTOCOL.md): a fault of the product, not of the machine. */
  | { readonly kind: 'product'; readonly rule: string; readonly why: string }
  | {
      readonly kind: 'property'
      readonly rule: 'never' | 'always'
      /** Place in the list of that rule in the file, from 0. */
      readonly index: number
      readonly text: string
      /** It is broken by sagas alone that stand still after a failure around the machine. */
      readonly needsFailure: boolean
    }
  | { readonly kind: 'stands-still'; readonly state: string; readonly cause: StillCause }
  | { readonly kind: 'endless'; readonly states: readonly string[] }

/** A finding with its saga. */
export interface FoundInRun {
  readonly finding: RunFinding
  readonly sagaId?: string | undefined
}

/** What a run is judged by. */
export interface FindingTerms {
  readonly definition: MachineDefinition
  readonly judge: PropertyJudge
}

/** True for a finding that ends the command with code 1. Others take a failure around the machine, and an operator or a timeout mends them. */
export function isFault(finding: RunFinding): boolean {
  if (finding.kind === 'stands-still') return !isFailure(finding.cause)
  return finding.kind !== 'property' || !finding.needsFailure
}

function isFailure(cause: StillCause): boolean {
  return cause === 'answer-lost' || cause === 'given-up'
}

/** Two findings are one exactly if their keys are the same. */
export function keyOf(finding: RunFinding): string {
  const { kind } = finding
  return kind === 'product' ? JSON.stringify([kind, finding.rule]) : JSON.stringify(finding)
}

/** The same for what comes about in several ways, such as a stand-still in one state. */
export function subjectOf(finding: RunFinding): string {
  switch (finding.kind) {
    case 'stands-still':
      return JSON.stringify([finding.kind, finding.state])
    case 'property':
      return JSON.stringify([finding.kind, finding.rule, finding.index])
    default:
      return keyOf(finding)
  }
}

/** All findings of a run, each saga with its own. */
export function findingsOf(run: SimulatedRun, terms: FindingTerms): readonly FoundInRun[] {
  const broken = run.isCut ? [] : checkRun(run).map(productFault)
  return [...broken, ...factsOf(run).flatMap((facts) => ofSaga(run, { facts, ...terms }))]
}

function productFault({ rule, why, sagaId }: Violation): FoundInRun {
  return { finding: { kind: 'product', rule, why }, sagaId }
}

interface SagaTerms extends FindingTerms {
  readonly facts: SagaFacts
}

function ofSaga(run: SimulatedRun, { facts, definition, judge }: SagaTerms): readonly FoundInRun[] {
  const { sagaId, head, standsStill, states } = facts
  const isEndless = run.isCut && !head.isFinal
  const cause = standsStill ? causeOf(facts, definition) : undefined
  const broken = judge.judge({ ...facts, standsStill: standsStill || isEndless })
  const own = cause === undefined || !isFailure(cause) ? broken : judge.judge({ ...facts, standsStill: false })
  const findings: RunFinding[] = broken.map(({ rule, index, text }) => {
    const needsFailure = !own.some((one) => one.rule === rule && one.index === index)
    return { kind: 'property', rule, index, text, needsFailure }
  })
  if (cause !== undefined) findings.push({ kind: 'stands-still', state: head.state, cause })
  if (isEndless) findings.push({ kind: 'endless', states: [...new Set(states.slice(-ROUND))].toSorted() })
  return findings.map((finding) => ({ finding, sagaId }))
}

/** Steps at the end of a saga that show where it goes round. */
const ROUND = 50

function causeOf({ head, acts, arrived }: SagaFacts, { states }: MachineDefinition): StillCause {
  const state = states.find(({ id }) => id === head.state)
  if (state?.outputCommand?.channel === undefined) return 'nobody-asked'
  const id = `${head.id}/${head.length - 1}/0`
  const act = acts.findLast(({ command }) => command.id === id)
  if (act === undefined) return 'given-up'
  if (act.answer === undefined) return 'silent'
  return arrived.has(`key/${id}/${act.answer}`) ? 'not-taken' : 'answer-lost'
}
