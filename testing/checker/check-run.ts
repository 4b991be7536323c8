import type { Found, SagaRule } from './found.ts'
import type { ObservedRun, Violation } from './observation.ts'
import { indexRun } from './run-index.ts'
import type { RunIndex } from './run-index.ts'
import { answers } from './rules/answers.ts'
import { attempts } from './rules/attempts.ts'
import { bulkResults } from './rules/bulk-results.ts'
import { bulkSelections } from './rules/bulk-selections.ts'
import { bytes } from './rules/bytes.ts'
import { chain } from './rules/chain.ts'
import { commands } from './rules/commands.ts'
import { creations } from './rules/creations.ts'
import { delays } from './rules/delays.ts'
import { due } from './rules/due.ts'
import { ending } from './rules/ending.ts'
import { fates } from './rules/fates.ts'
import { holds } from './rules/holds.ts'
import { leaseEnds } from './rules/lease-ends.ts'
import { leases } from './rules/leases.ts'
import { letters } from './rules/letters.ts'
import { once } from './rules/once.ts'
import { operated, operators } from './rules/operators.ts'
import { order } from './rules/order.ts'
import { outbox } from './rules/outbox.ts'
import { parking } from './rules/parking.ts'
import { revivals } from './rules/revivals.ts'
import { starts } from './rules/starts.ts'
import { merged, steps } from './rules/steps.ts'
import { timers } from './rules/timers.ts'
import { waits } from './rules/waits.ts'
import type { SagaStory } from './saga-story.ts'
import type { RunTerms } from './terms.ts'

/** Rules that compare the heads of two writes: they hold where a write is conditional on the one before (P2). */
const HEAD_RULES: readonly SagaRule[] = [
  chain,
  outbox,
  letters,
  due,
  steps,
  merged,
  commands,
  timers,
  parking,
  operators,
  holds,
  revivals,
  starts,
  delays,
]
const SAGA_RULES: readonly SagaRule[] = [once, attempts, bytes, leases, leaseEnds, ending]
const RUN_RULES: readonly ((run: RunIndex) => Iterable<Violation>)[] = [
  answers,
  waits,
  creations,
  fates,
  order,
  operated,
  bulkSelections,
  bulkResults,
]

/**
 * Judges a run by the rules of the protocol (docs/PROTOCOL.md), not by the engine: all violations, in the order of the run, those of its
 * end last. Empty for a run that keeps its promises. `terms`: settings of the service.
 */
export function checkRun(run: ObservedRun, terms: RunTerms = run.terms ?? {}): readonly Violation[] {
  const index = indexRun(run, terms)
  const violations: Violation[] = RUN_RULES.flatMap((rule) => [...rule(index)])
  for (const saga of index.lives) {
    const rules = isChained(saga, terms) ? [...HEAD_RULES, ...SAGA_RULES] : SAGA_RULES
    for (const rule of rules) for (const one of rule(saga, index)) violations.push(violationOf(saga, one))
  }
  return violations.toSorted((one, other) => placeOf(one) - placeOf(other))
}

/** Without compare-and-set a store promises I8 to one writer alone (P17). */
function isChained({ writes }: SagaStory, { compareAndSet = 'always' }: RunTerms): boolean {
  return compareAndSet === 'always' || new Set(writes.map(({ process }) => process)).size <= 1
}

function violationOf({ id }: SagaStory, { rule, why, at }: Found): Violation {
  return { rule, sagaId: id, why, at }
}

function placeOf({ at = Number.POSITIVE_INFINITY }: Violation): number {
  return at
}
