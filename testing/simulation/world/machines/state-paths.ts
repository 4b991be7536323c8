import type { Duration } from '../../../../src/engine/saga.ts'
import type { MachineDefinition, StateDefinition } from '../../../../src/machine/definition.ts'
import { milliseconds } from '../../../../src/machine/duration.ts'

/** Ways through a machine, for participants and for the end of a run. */
export class StatePaths {
  readonly labels: readonly string[]
  readonly #states: ReadonlyMap<string, StateDefinition>
  /** Steps to the nearest final state. */
  readonly #distance = new Map<string, number>()

  constructor({ states }: MachineDefinition) {
    this.#states = new Map(states.map((state) => [state.id, state]))
    this.labels = [
      ...new Set(
        states.flatMap(({ outgoingTransitions = [] }) => outgoingTransitions.map(({ inputEvent }) => inputEvent)),
      ),
    ]
    this.#measure(states)
  }

  /** Labels that a participant of this state answers with: all that it lists, but for the event of its own deadline. None of a final state. */
  answersOf(state: string): readonly string[] {
    const { outgoingTransitions = [], timeout, isFinal } = this.#states.get(state) ?? {}
    if (isFinal === true) return []
    const labels = outgoingTransitions.map(({ inputEvent }) => inputEvent)
    const answers = labels.filter((label) => label !== timeout?.event)
    return answers.length === 0 ? labels : answers
  }

  /** Label of the transition that leads nearest to an end; `undefined` where the state has none that leads to one. */
  towardsEnd(state: string): string | undefined {
    let best: { readonly label: string; readonly distance: number } | undefined
    for (const { inputEvent: label, targetState } of this.#states.get(state)?.outgoingTransitions ?? []) {
      const distance = this.#distance.get(targetState)
      if (distance !== undefined && (best === undefined || distance < best.distance)) best = { label, distance }
    }
    return best?.label
  }

  /** Deadlines of a visit: the resends, and the one that fires. 1 without a timeout. */
  deadlinesOf(state: string): number {
    return 1 + (this.#states.get(state)?.timeout?.resend ?? 0)
  }

  /** Milliseconds from the entry of a state to its first deadline. */
  deadlineOf(state: string): Duration | undefined {
    const { timeout } = this.#states.get(state) ?? {}
    return timeout === undefined ? undefined : milliseconds(timeout.after)
  }

  #measure(states: readonly StateDefinition[]): void {
    for (const { id, isFinal } of states) if (isFinal) this.#distance.set(id, 0)
    for (let changed = true; changed;) {
      changed = false
      for (const { id, outgoingTransitions = [] } of states) {
        for (const { targetState } of outgoingTransitions) {
          const distance = (this.#distance.get(targetState) ?? Number.POSITIVE_INFINITY) + 1
          if (distance >= (this.#distance.get(id) ?? Number.POSITIVE_INFINITY)) continue
          this.#distance.set(id, distance)
          changed = true
        }
      }
    }
  }
}
