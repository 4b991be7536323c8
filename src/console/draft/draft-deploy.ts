import * as v from 'valibot'
import { get, isObject, objectsIn } from '../../config/json-tree.ts'
import { MACHINE } from '../../config/machine-schema.ts'
import type { ShownConfiguration } from '../../http/unknown-names.ts'
import type { MachineDefinition } from '../../machine/definition.ts'
import { outlineOf, stateNow, strandings, type FileOutline, type Stranding } from '../../config/strandings.ts'

/** What the sagas of the running file would meet if a draft took its place. */
export interface DraftDeploy {
  /** Of the states of both files; sagas may be in others. */
  readonly strandings: readonly Stranding[]
  /** Names under which sagas go on in the draft: its states, and their former names. */
  readonly states: readonly string[]
}

/** Compares a draft whose machine has the right shape with the running file; of other sections only what can be read. */
export type CompareDraft = (file: unknown, machine: MachineDefinition) => DraftDeploy

/** The running file is read once, with the first draft. */
export function comparesWith(shown: ShownConfiguration): CompareDraft {
  let running: FileOutline | undefined
  return (file, machine) => {
    const draft = outlineIn(file, machine)
    running ??= runningOutline(shown)
    return { strandings: strandings(running, draft), states: knownNames(draft) }
  }
}

function knownNames(draft: FileOutline): readonly string[] {
  const former = Object.keys(draft.movedStates).filter((name) => stateNow(draft, name) !== undefined)
  return [...draft.states.map(({ id }) => id), ...former]
}

function runningOutline({ machine, configuration }: ShownConfiguration): FileOutline {
  const read = v.safeParse(MACHINE, machine)
  return read.success ? outlineIn(configuration, read.output) : { states: [], movedStates: {}, channels: [] }
}

function outlineIn(file: unknown, machine: MachineDefinition): FileOutline {
  return outlineOf(machine, {
    movedStates: textsIn(get(get(file, 'settings'), 'movedStates')),
    channels: objectsIn(get(file, 'communicationProtocols')).flatMap(([, { id }]) =>
      typeof id === 'string' ? [id] : [],
    ),
  })
}

/** `fromEntries` defines keys instead of assigning them, so `__proto__` stays a key. */
function textsIn(value: unknown): Readonly<Record<string, string>> {
  const entries = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
