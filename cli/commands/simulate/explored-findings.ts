import { compile } from '../../../src/machine/compile.ts'
import type { StateDefinition } from '../../../src/machine/definition.ts'
import { explore } from '../../../testing/explore/explore.ts'
import type { Exploration, FindingWay } from '../../../testing/explore/exploration.ts'
import type { ExploredParticipant } from '../../../testing/explore/explored-world.ts'
import type { ExploredStep } from '../../../testing/explore/trace.ts'
import { subjectOf } from './run-findings.ts'
import type { RunFinding, StillCause } from './run-findings.ts'
import type { Simulated } from './seed-run.ts'
import type { ArrivalFact } from './saga-facts.ts'

/** Bounds of an exploration. */
export interface ExplorationBounds {
  /** Most faults of one path. */
  readonly faults: number
  /** Most situations. */
  readonly most: number
}

/** A finding of the exploration, with the way of the fewest faults. */
export interface ExploredFinding<T> {
  readonly what: T
  readonly faults: number
  readonly trace: readonly ExploredStep[]
}

/** All that one saga can do, in every order. */
export interface ExploredMachine {
  /** True: what is not among the findings cannot happen with so many faults. */
  readonly isWhole: boolean
  readonly situations: number
  readonly faults: number
  readonly neverReached: readonly string[]
  readonly findings: readonly ExploredFinding<RunFinding>[]
  readonly arrivals: readonly ExploredFinding<ArrivalFact>[]
}

/**
 * Explores the machine twice: without silence of anybody who is asked, so that what is found is the machine's own; and with it, for
 * states that would wait for ever for an answer that never comes.
 */
export function exploreMachine(simulated: Simulated, bounds: ExplorationBounds): ExploredMachine {
  const { definition, play, unexpectedEvents } = simulated.service
  const machine = compile(definition, { merge: (metadata) => metadata, leaseOf: () => 0 })
  const options = {
    ...bounds,
    participants: Object.fromEntries(Object.entries(play).map(([label, role]) => [label, participantOf(role)])),
    properties: simulated.properties,
    unexpectedEvents,
  }
  const own = explore(machine, { ...options, without: ['forgotten-key', 'silence'] })
  const silent = explore(machine, { ...options, without: ['forgotten-key'] })
  const states = new Map(definition.states.map((state) => [state.id, state]))
  const causes = { states, play }
  return {
    isWhole: own.isWhole && silent.isWhole,
    situations: silent.situations,
    faults: silent.faults,
    neverReached: silent.neverReached,
    findings: distinct([...findingsIn(own, causes, false), ...findingsIn(silent, causes, true)]),
    arrivals: own.unexpected.flatMap((one) => arrivalOf(one)),
  }
}

type Role = Simulated['service']['play'][string]

/** The events of the script are answers too. */
function participantOf({ events, script = [], silence }: Role): ExploredParticipant {
  const scripted = Object.fromEntries(script.map((event) => [event, { payload: {} }]))
  return { events: events && { ...scripted, ...events }, silence }
}

interface Causes {
  readonly states: ReadonlyMap<string, StateDefinition>
  readonly play: Simulated['service']['play']
}

function findingsIn(
  { standStills, liveLocks, broken }: Exploration,
  causes: Causes,
  isSilent: boolean,
): readonly ExploredFinding<RunFinding>[] {
  return [
    ...broken.map((one) => found<RunFinding>({ kind: 'property', ...one.property, needsFailure: isSilent }, one)),
    ...standStills.map((one) =>
      found<RunFinding>({ kind: 'stands-still', state: one.state, cause: causeOf(one.state, causes, isSilent) }, one),
    ),
    ...liveLocks.map((one) => found<RunFinding>({ kind: 'endless', states: one.states }, one)),
  ]
}

function found<T>(what: T, { faults, trace }: FindingWay): ExploredFinding<T> {
  return { what, faults, trace }
}

function causeOf(id: string, { states, play }: Causes, isSilent: boolean): StillCause {
  const command = states.get(id)?.outputCommand
  if (command?.channel === undefined) return 'nobody-asked'
  if ((play[command.label]?.silence ?? 0) > 0) return 'silent'
  return isSilent ? 'answer-lost' : 'not-taken'
}

/** Of two with the same meaning the first counts: a state that stands still by itself does so with silence too. */
function distinct(findings: readonly ExploredFinding<RunFinding>[]): readonly ExploredFinding<RunFinding>[] {
  const known = new Map<string, ExploredFinding<RunFinding>>()
  for (const one of findings) {
    const key = subjectOf(one.what)
    if (!known.has(key)) known.set(key, one)
  }
  return [...known.values()]
}

function arrivalOf(one: Exploration['unexpected'][number]): readonly ExploredFinding<ArrivalFact>[] {
  const { event, state, treatment } = one
  if (treatment === 'refused' || treatment === 'dead-lettered') return []
  return [found<ArrivalFact>({ event, state, outcome: treatment }, one)]
}
