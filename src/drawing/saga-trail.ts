import type { MachinePicture } from './machine-picture.ts'

/** The steps of a saga as its history has them (C5), oldest first; the first one is the creation. */
export interface SagaSteps {
  readonly sagaId: string
  readonly currentState: string
  readonly steps: readonly SagaStep[]
}

/** One step of a saga. */
export interface SagaStep {
  readonly state: string
  readonly event: string
  /** The operator whose action made it; absent for a step of the machine. */
  readonly operator?: string | undefined
}

/** The way of a saga over a machine. Numbers of steps begin at 1, the creation. */
export interface SagaTrail {
  readonly sagaId: string
  readonly currentState: string
  /** Index of the current state; absent where the machine has no such state. */
  readonly current?: number | undefined
  readonly states: ReadonlySet<number>
  /** Numbers of the steps that took an arrow, by the index of the arrow and the label of the event. */
  readonly arrows: ReadonlyMap<number, ArrowVisits>
  /** Numbers of the creation. */
  readonly start: readonly number[]
  /** Steps that follow no arrow: moves by operators, and steps of an earlier machine. */
  readonly jumps: readonly TrailJump[]
}

/** Steps over one arrow. */
export interface ArrowVisits {
  readonly numbers: readonly number[]
  readonly labels: ReadonlySet<string>
}

/** A step that follows no arrow of the machine. */
export interface TrailJump {
  readonly number: number
  /** Indexes of states; absent for a state that the machine does not have. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly event: string
  readonly operator?: string | undefined
}

/** Lays the history of a saga over the picture of a machine. */
export function sagaTrail({ states, arrows, initial }: MachinePicture, saga: SagaSteps): SagaTrail {
  const indexes = new Map(states.map(({ id }, at) => [id, at]))
  const known = new Map<string, number>()
  for (const [at, { from, to, events }] of arrows.entries())
    for (const { label } of events) known.set(JSON.stringify([from, to, label]), at)
  const visits = new Map<number, { numbers: number[]; labels: Set<string> }>()
  const [start, jumps, visited]: [number[], TrailJump[], Set<number>] = [[], [], new Set()]
  for (const [at, { state, event, operator }] of saga.steps.entries()) {
    const number = at + 1
    const to = indexes.get(state)
    if (to !== undefined) visited.add(to)
    const before = saga.steps[at - 1]
    const from = before && indexes.get(before.state)
    const arrow = known.get(JSON.stringify([from, to, event]))
    if (before === undefined && to === initial) start.push(number)
    else if (arrow === undefined) jumps.push({ number, from, to, event, operator })
    else {
      const visit = visits.get(arrow) ?? { numbers: [], labels: new Set() }
      visit.numbers.push(number)
      visit.labels.add(event)
      visits.set(arrow, visit)
    }
  }
  const { sagaId, currentState } = saga
  const current = indexes.get(currentState)
  if (current !== undefined) visited.add(current)
  return { sagaId, currentState, current, states: visited, arrows: visits, start, jumps }
}
