import type { Saga, SagaId } from '../../../src/engine/saga.ts'
import type { Outcome } from '../../../src/orchestrator/corridor.ts'
import type { Written } from '../../../testing/checker/observation.ts'
import type { JudgedPath } from '../../../testing/properties/judge.ts'
import type { ParticipantAct } from '../../../testing/simulation/world/network/simulated-participants.ts'
import type { SimulatedRun } from '../../../testing/simulation/world/runs/simulated-run.ts'

/** What happened to one saga of a run. */
export interface SagaFacts extends JudgedPath {
  readonly sagaId: SagaId
  readonly head: Saga
  /** Commands on which participants acted. */
  readonly acts: readonly ParticipantAct[]
  /** Virtual milliseconds from its creation to its last state. */
  readonly duration: number
  /** Events that arrived over HTTP where they were not expected. */
  readonly arrivals: readonly ArrivalFact[]
  /** Ids of the events that arrived. */
  readonly arrived: ReadonlySet<string>
}

/** An event that its state did not list. */
export interface ArrivalFact {
  readonly event: string
  readonly state: string
  readonly outcome: 'ignored' | 'rejected' | 'parked'
}

/** The facts of each saga of a run, in the order of their creation. */
export function factsOf(run: SimulatedRun): readonly SagaFacts[] {
  const writes = Map.groupBy(
    run.observations.filter((one) => one.kind === 'written'),
    ({ change }) => change.sagaId,
  )
  const acts = Map.groupBy(run.acts, ({ command }) => command.sagaId)
  const events = arrivalsOf(run)
  return Array.from(run.sagas, ([sagaId, { head }]) => {
    const steps = (writes.get(sagaId) ?? []).filter(({ change }) => change.step !== undefined)
    const acted = acts.get(sagaId) ?? []
    const { isFinal, owed } = head
    return {
      sagaId,
      head,
      acts: acted,
      states: steps.map(({ after }) => after.state),
      events: steps.slice(1).flatMap(({ change: { step } }) => (step === undefined ? [] : [step.event.label])),
      commands: acted.map(({ command: { id, label } }) => ({ id, label })),
      isFinal: isFinal && owed.length === 0,
      standsStill: !isFinal && !run.isCut,
      duration: durationOf(run, steps),
      arrivals: events.unexpected.get(sagaId) ?? [],
      arrived: events.arrived,
    }
  })
}

function durationOf(run: SimulatedRun, steps: readonly Written[]): number {
  const [first, last] = [steps[0], steps.at(-1)]
  return first === undefined || last === undefined ? 0 : run.timeOf(last.at) - run.timeOf(first.at)
}

interface Arrivals {
  readonly arrived: ReadonlySet<string>
  readonly unexpected: ReadonlyMap<SagaId, readonly ArrivalFact[]>
}

/** An answer counts once for each event: its client may ask again. */
function arrivalsOf({ observations }: SimulatedRun): Arrivals {
  const asked = new Map<number, { readonly id: string; readonly label: string; readonly sagaId: SagaId }>()
  const arrived = new Set<string>()
  const known = new Set<string>()
  const unexpected = new Map<SagaId, ArrivalFact[]>()
  for (const one of observations) {
    if (one.kind === 'asked' && (one.by.door === 'event' || one.by.door === 'source')) {
      asked.set(one.request, one.by.event)
      arrived.add(one.by.event.id)
    }
    const event = one.kind === 'answered' ? asked.get(one.request) : undefined
    if (one.kind !== 'answered' || event === undefined) continue
    const fact = unexpectedOf(one.answer as Outcome, event.label)
    const key = JSON.stringify([event.id, fact])
    if (fact === undefined || known.has(key)) continue
    known.add(key)
    unexpected.set(event.sagaId, [...(unexpected.get(event.sagaId) ?? []), fact])
  }
  return { arrived, unexpected }
}

function unexpectedOf(answer: Outcome, event: string): ArrivalFact | undefined {
  if (answer.kind === 'parked') return { event, state: answer.state, outcome: 'parked' }
  if (answer.kind !== 'unexpected') return undefined
  return { event, state: answer.state, outcome: answer.reject ? 'rejected' : 'ignored' }
}
