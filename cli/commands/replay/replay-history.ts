import type { Machine, State } from '../../../src/machine/compile.ts'

/** A saga as its history tells it: its steps, the creation first, and if it has ended. */
export interface PastSaga {
  readonly steps: readonly PastStep[]
  readonly isFinal: boolean
}

/** A step of the past. The payload of its event is not stored. */
export interface PastStep {
  readonly event: string
  /** The state that it entered. */
  readonly state: string
  /** An operator made it (P25). */
  readonly isByHand: boolean
  /** It gave the saga the new name of its state (P11). */
  readonly isRename: boolean
}

/**
 * The first step at which a saga would go another way in a machine. `state`: where it would be before the step, absent at the creation;
 * `before`: where the step led; `now`: where it would lead, absent where there is no way.
 *
 * - `begins`: sagas begin in another state.
 * - `elsewhere`: the event leads to another state.
 * - `unexpected`: the state does not list the event, and the saga would stay.
 * - `missing`: a move by hand led to a state that the machine lacks.
 * - `ending`: the same way, but its last state is final in one machine alone; `before` and `now` are `final` or `open`.
 */
export interface ReplayDifference {
  readonly kind: 'begins' | 'elsewhere' | 'unexpected' | 'missing' | 'ending'
  readonly state?: string
  readonly event: string
  readonly before: string
  readonly now?: string
}

/** A past saga in another machine. */
export interface Replayed {
  /** Absent where it goes the same way. */
  readonly difference?: ReplayDifference | undefined
  /** States of the machine that it would enter, as far as the same events lead. */
  readonly entered: ReadonlySet<string>
  /** States of the machine that it has entered. */
  readonly recorded: ReadonlySet<string>
  /** States that it has entered and the machine lacks, also by their former names. */
  readonly unknown: ReadonlySet<string>
}

/** Applies the events of a past saga to the transitions of a machine. Steps by hand and new names are taken as they were. */
export function replayHistory(machine: Machine, { steps, isFinal }: PastSaga): Replayed {
  const find = (id: string) => machine.states.get(id) ?? machine.movedStates?.get(id)
  const entered = new Set<string>()
  const known = {
    entered,
    recorded: new Set(steps.flatMap(({ state }) => find(state)?.id ?? [])),
    unknown: new Set(steps.flatMap(({ state }) => (find(state) === undefined ? [state] : []))),
  }
  let current: State | undefined
  for (const step of steps) {
    const next: NextState = current === undefined ? begun(machine, step, find) : applied(current, step, find)
    if ('kind' in next) return { difference: next, ...known }
    current = next
    entered.add(current.id)
  }
  const ending = current === undefined || current.isFinal === isFinal ? undefined : endingOf(current, steps, isFinal)
  return { difference: ending, ...known }
}

type NextState = State | ReplayDifference
type FindState = (id: string) => State | undefined

function begun({ initial }: Machine, { event, state }: PastStep, find: FindState): NextState {
  return find(state) === initial ? initial : { kind: 'begins', event, before: state, now: initial.id }
}

function applied(current: State, { event, state, isByHand, isRename }: PastStep, find: FindState): NextState {
  const past = find(state)
  if (isRename) return past ?? current // a machine that has neither name of the pair would not have renamed it
  const place = { state: current.id, event, before: state }
  if (isByHand) return past ?? { kind: 'missing', ...place }
  const target = current.transitions.get(event)?.target
  if (target === undefined) return { kind: 'unexpected', ...place }
  return target === past ? target : { kind: 'elsewhere', ...place, now: target.id }
}

function endingOf({ id }: State, steps: readonly PastStep[], isFinal: boolean): ReplayDifference {
  const words = (isEnd: boolean) => (isEnd ? 'final' : 'open')
  return { kind: 'ending', state: id, event: steps.at(-1)?.event ?? '', before: words(isFinal), now: words(!isFinal) }
}
