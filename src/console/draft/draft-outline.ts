import { get, isObject, objectsIn, type JsonObject } from '../../config/json-tree.ts'
import type { MachineDefinition } from '../../machine/definition.ts'

/** The names of a saga.json on which live sagas depend. */
export interface DraftOutline {
  readonly states: readonly OutlinedState[]
  /** `settings.movedStates`: the new names of states, by their former ones. */
  readonly movedStates: Readonly<Record<string, string>>
  /** Ids of channels. */
  readonly channels: readonly string[]
}

/** A state, and the events that move its sagas. */
export interface OutlinedState {
  readonly id: string
  readonly events: readonly string[]
}

/** The outline of a file whose machine has the right shape; of other sections only what can be read. */
export function draftOutline(file: JsonObject, { states }: MachineDefinition): DraftOutline {
  return {
    states: states.map(({ id, outgoingTransitions = [] }) => {
      return { id, events: outgoingTransitions.map(({ inputEvent }) => inputEvent) }
    }),
    movedStates: textsIn(get(file['settings'], 'movedStates')),
    channels: objectsIn(file['communicationProtocols']).flatMap(([, { id }]) => (typeof id === 'string' ? [id] : [])),
  }
}

/** `fromEntries` defines keys instead of assigning them, so `__proto__` stays a key. */
function textsIn(value: unknown): Readonly<Record<string, string>> {
  const entries = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
