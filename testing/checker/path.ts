import type { EventEntry, SagaDocument, StateEntry } from '../../src/codec/document.ts'
import type { MachineDefinition, StateDefinition, TransitionDefinition } from '../../src/machine/definition.ts'

/** What a document says about the way a saga went. */
export type Travelled = Pick<SagaDocument, 'currentState' | 'latestEvent' | 'isFinal' | 'history'>

/**
 * Whether the history is a path in the machine (I3), and an event in it only once (I4). Reads the author's definition and
 * the document that people see, and knows nothing of the engine. Answers every problem; none when all is well.
 */
export function pathProblems(definition: MachineDefinition, travelled: Travelled): string[] {
  const { states, events } = travelled.history
  if (states.length === 0) return ['the history is empty']
  if (states.length !== events.length) return [`${states.length} states stand beside ${events.length} events`]
  return [
    ...beginning(definition, states[0], events[0]),
    ...states.slice(1).flatMap((state, index) => passage(definition, states[index], events[index + 1], state)),
    ...states.flatMap((state, index) => entry(definition, state, events[index])),
    ...ending(definition, travelled),
    ...repeats(events),
  ]
}

function beginning(definition: MachineDefinition, state?: StateEntry, event?: EventEntry): string[] {
  const label = definition.creationEvent ?? '__created__'
  return [
    ...expected('the first state', state?.state, definition.initialState),
    ...expected('the first event', event?.event, label),
    ...expected('the business event of the creation', event?.businessEventId, undefined),
  ]
}

function passage(definition: MachineDefinition, from?: StateEntry, event?: EventEntry, to?: StateEntry): string[] {
  const left = stateOf(definition, from?.state)
  if (left === undefined) return []
  if (left.isFinal) return [`"${left.id}" is final and was left by "${event?.event}"`]
  const transition = transitionOf(left, event?.event)
  if (transition === undefined) return [`"${left.id}" does not list "${event?.event}"`]
  return [
    ...expected(`the state after "${event?.event}"`, to?.state, transition.targetState),
    ...expected(`the business event of "${event?.event}"`, event?.businessEventId, transition.businessEventId),
  ]
}

function entry(definition: MachineDefinition, entered: StateEntry, event?: EventEntry): string[] {
  const state = stateOf(definition, entered.state)
  if (state === undefined) return [`"${entered.state}" is not a state of the machine`]
  return [
    ...expected(`the business state of "${state.id}"`, entered.businessStateId, state.businessStateId),
    ...expected(`the time of "${event?.event}"`, event?.timestamp, entered.timestamp),
  ]
}

function ending(definition: MachineDefinition, { currentState, latestEvent, isFinal, history }: Travelled): string[] {
  return [
    ...expected('the current state', currentState, history.states.at(-1)?.state),
    ...expected('the latest event', latestEvent, history.events.at(-1)?.event),
    ...expected('the finality', isFinal, stateOf(definition, currentState)?.isFinal),
  ]
}

function repeats(events: readonly EventEntry[]): string[] {
  const identities = events.map(({ id, event }) => JSON.stringify([id, event]))
  return identities
    .filter((identity, index) => identities.indexOf(identity) !== index)
    .map((identity) => `the event ${identity} was applied before`)
}

function expected(what: string, found: unknown, wanted: unknown): string[] {
  return found === wanted ? [] : [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`]
}

function stateOf({ states }: MachineDefinition, id: string | undefined): StateDefinition | undefined {
  return states.find((state) => state.id === id)
}

function transitionOf(state: StateDefinition, label: string | undefined): TransitionDefinition | undefined {
  return state.outgoingTransitions?.find(({ inputEvent }) => inputEvent === label)
}
