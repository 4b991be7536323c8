import type { EventEntry, StateEntry } from '../../src/codec/history-entry.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { MachineDefinition, StateDefinition, TransitionDefinition } from '../../src/machine/definition.ts'

/** The parts of a document that show the path of a saga. */
export type SagaPath = Pick<SagaDocument, 'currentState' | 'latestEvent' | 'isFinal' | 'history'>

/** The machine with a hash; `undefined` where it is not known: its entries are not judged. */
export type MachineOf = (hash: string) => MachineDefinition | undefined

/**
 * Checks that a history is a path in the machine, but for steps that are marked as an operator's or as a new name of a state (I3), and
 * holds each event once (I4). Before such a new name, the former one means the same state. Independent of the engine: reads the
 * author's definition and the document of the API. Returns every problem found. With `MachineOf`, each entry is judged by the machine
 * that decided it, as after a change of saga.json.
 */
export function pathProblems(machine: MachineDefinition | MachineOf, travelled: SagaPath): string[] {
  const { states, events } = travelled.history
  if (states.length === 0) return ['the history is empty']
  if (states.length !== events.length) return [`${states.length} states stand beside ${events.length} events`]
  const definitionOf = (event: EventEntry | undefined) =>
    typeof machine === 'function' ? machineOf(machine, event) : machine
  const known = states.map((state, index) => knownAs(definitionOf(events[index]), state, travelled))
  return [
    ...judged(definitionOf(events[0]), (definition) => beginning(definition, known[0], events[0])),
    ...known.slice(1).flatMap((to, index) => {
      const event = events[index + 1]
      // The state left has the name that the machine of the step has for it: the one before may have had another.
      const from = (definition: MachineDefinition) => knownAs(definition, states[index] as StateEntry, travelled)
      return judged(definitionOf(event), (definition) => transition(definition, event, { from: from(definition), to }))
    }),
    ...events.flatMap((event, index) => renaming(event, states[index - 1])),
    ...known.flatMap((state, index) =>
      judged(definitionOf(events[index]), (definition) => entry(definition, state, events[index])),
    ),
    ...ending(definitionOf(events.at(-1)), travelled),
    ...repeats(events),
  ]
}

/** Flow Manager's entries name no machine. */
function machineOf(machine: MachineOf, event: EventEntry | undefined): MachineDefinition | undefined {
  return event?.machine === undefined ? undefined : machine(event.machine)
}

function judged(
  definition: MachineDefinition | undefined,
  judge: (definition: MachineDefinition) => string[],
): string[] {
  return definition === undefined ? [] : judge(definition)
}

function knownAs(definition: MachineDefinition | undefined, state: StateEntry, travelled: SagaPath): StateEntry {
  return definition === undefined ? state : { ...state, state: knownName(definition, state.state, travelled) }
}

/** The name in the machine of a state that has another one since (P11); the name itself where the machine has it, or has no other. */
function knownName(definition: MachineDefinition, name: string, { history: { states, events } }: SagaPath): string {
  let known = name
  for (const [index, { renamedFrom }] of events.entries()) {
    const renamed = states[index]?.state
    const isFormer = renamedFrom === known && stateOf(definition, known) === undefined
    if (isFormer && renamed !== undefined) known = renamed
  }
  return known
}

/** A new name is recorded beside the former one, which was the state before (P11). */
function renaming({ event, renamedFrom }: EventEntry, before: StateEntry | undefined): string[] {
  if (renamedFrom === undefined) return []
  return [
    ...expected('the label of a new name', event, '__renamed__'),
    ...expected('the former name of the state', renamedFrom, before?.state),
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

interface Ends {
  readonly from: StateEntry
  readonly to: StateEntry
}

function transition(definition: MachineDefinition, event: EventEntry | undefined, { from, to }: Ends): string[] {
  if (event?.operation !== undefined) return byHand(event, { from, to })
  if (event?.renamedFrom !== undefined) return expected('the renamed state', to.state, from.state)
  const left = stateOf(definition, from.state)
  if (left === undefined) return []
  const listed = transitionOf(left, event?.event)
  if (listed === undefined) return [`${left.isFinal ? 'final ' : ''}"${left.id}" does not list "${event?.event}"`]
  return [
    ...expected(`the state after "${event?.event}"`, to.state, listed.targetState),
    ...expected(
      `the business event of "${event?.event}"`,
      textOf(event?.businessEventId),
      textOf(listed.businessEventId),
    ),
  ]
}

/** A change of metadata stays in its state, a move by hand goes anywhere; both have the id of their operation (P25). */
function byHand({ event, id, operation, businessEventId }: EventEntry, { from, to }: Ends): string[] {
  return [
    ...expected(`the id of "${event}"`, id, operation),
    ...expected(`the business event of "${event}"`, businessEventId, undefined),
    ...(event === '__metadata_patched__' ? expected(`the state after "${event}"`, to.state, from.state) : []),
    ...(BY_HAND.has(event) ? [] : [`"${event}" is not an entry that an operation makes`]),
  ]
}

const BY_HAND: ReadonlySet<string> = new Set(['__moved__', '__cancelled__', '__metadata_patched__'])

function entry(definition: MachineDefinition, entered: StateEntry, event?: EventEntry): string[] {
  const state = stateOf(definition, entered.state)
  if (state === undefined) return [`"${entered.state}" is not a state of the machine`]
  return [
    ...expected(`the business state of "${state.id}"`, textOf(entered.businessStateId), textOf(state.businessStateId)),
    ...expected(`the time of "${event?.event}"`, event?.timestamp, entered.timestamp),
  ]
}

function ending(
  definition: MachineDefinition | undefined,
  { currentState, latestEvent, isFinal, history }: SagaPath,
): string[] {
  const state = stateOf(definition, currentState)
  return [
    ...expected('the current state', currentState, history.states.at(-1)?.state),
    ...expected('the latest event', latestEvent, history.events.at(-1)?.event),
    ...(definition === undefined ? [] : expected('the finality', isFinal, state?.isFinal)),
  ]
}

function repeats(events: readonly EventEntry[]): string[] {
  const identities = events.flatMap(({ id, event }) => (id === undefined ? [] : [JSON.stringify([id, event])]))
  return identities
    .filter((identity, index) => identities.indexOf(identity) !== index)
    .map((identity) => `the event ${identity} was applied before`)
}

/** Business ids are compared by their text (C5a). */
function textOf(id: string | number | undefined): string | undefined {
  return id === undefined ? undefined : String(id)
}

function expected(what: string, found: unknown, wanted: unknown): string[] {
  return found === wanted ? [] : [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`]
}

function stateOf(definition: MachineDefinition | undefined, id: string | undefined): StateDefinition | undefined {
  return definition?.states.find((state) => state.id === id)
}

function transitionOf(state: StateDefinition, label: string | undefined): TransitionDefinition | undefined {
  return state.outgoingTransitions?.find(({ inputEvent }) => inputEvent === label)
}
