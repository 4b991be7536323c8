import type { Machine, State, Transition } from '../../../src/machine/compile.ts'

/** A parked event, as `GET /sagas/{sagaId}` shows it. */
export interface ParkedMessage {
  readonly label: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** The machines before and after a deploy. */
export interface ComparedMachines {
  readonly before: Machine
  readonly after: Machine
}

/** Judges parked events of sagas in a state: the reason for which one would not be taken any more, `undefined` where it may be. */
export type JudgeParked = (state: string, event: ParkedMessage) => string | undefined

/**
 * A parked event is offered to each state that its saga enters (P10). It is lost where the old machine may take it, on some way from the
 * saga's state, and the new one on none. A saga that is stranded keeps its events, so none is judged.
 */
export function judgeParked({ before, after }: ComparedMachines): JudgeParked {
  const [old, now] = [new Takers(before), new Takers(after)]
  return (state, event) => {
    const takers = now.of(state, event.label)
    if (
      takers === undefined ||
      old.of(state, event.label)?.some(({ check }) => check?.(event.payload) === undefined) !== true
    )
      return undefined
    if (takers.length === 0) return 'no state that the saga can reach takes it'
    const refusals = takers.map(({ check }) => check?.(event.payload))
    return refusals.includes(undefined) ? undefined : `its payload is refused: ${refusals[0] ?? ''}`
  }
}

/** The transitions of a machine that may take an event of a saga later. */
class Takers {
  readonly #machine: Machine
  readonly #reached = new Map<State, readonly State[]>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** `undefined` where the machine lacks the state. */
  of(id: string, label: string): readonly Transition[] | undefined {
    const state = this.#machine.states.get(id) ?? this.#machine.movedStates?.get(id)
    return state && this.#reachable(state).flatMap(({ transitions }) => transitions.get(label) ?? [])
  }

  #reachable(from: State): readonly State[] {
    const known = this.#reached.get(from)
    if (known !== undefined) return known
    const found = new Set([from])
    for (const state of found) for (const { target } of state.transitions.values()) found.add(target)
    this.#reached.set(from, [...found])
    return [...found]
  }
}
