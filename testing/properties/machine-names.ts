import type { MachineDefinition, StateDefinition } from '../../src/machine/definition.ts'
import type { NameKind } from './properties.ts'

/** The names that terms can use, by their kind. */
export type MachineNames = Readonly<Record<NameKind, readonly string[]>>

/** The names of a machine. A command without a channel is never sent, so it has none. */
export function machineNamesOf({ states }: MachineDefinition): MachineNames {
  return {
    state: distinct(states.map(({ id }) => id)),
    event: distinct(states.flatMap(({ outgoingTransitions = [] }) => outgoingTransitions.map((one) => one.inputEvent))),
    command: distinct(states.flatMap(sentBy)),
  }
}

function sentBy({ outputCommand, sideEffects = [] }: StateDefinition): readonly string[] {
  const all = outputCommand === undefined ? sideEffects : [outputCommand, ...sideEffects]
  return all.filter(({ channel }) => channel !== undefined).map(({ label }) => label)
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}
