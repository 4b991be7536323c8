import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { get, objectsIn } from '../../../src/config/json-tree.ts'
import type { JsonObject } from '../../../src/config/json-tree.ts'
import type { BusinessDefinition, MachineDefinition } from '../../../src/machine/definition.ts'
import { changedValues } from './changed-values.ts'
import type { FileChange } from './file-change.ts'
import { stateChanges } from './state-changes.ts'

/** Two valid files. `nameNow`: the name that the new one has for a state of the old one, by its `settings.movedStates`. */
export interface ComparedConfigurations {
  readonly before: Configuration
  readonly after: Configuration
  readonly nameNow: (id: string) => string
}

/**
 * All that the new file changes, in the order of the file. Descriptions of states are for people, and left out; secrets are not
 * compared.
 */
export function fileChanges({ before, after, nameNow }: ComparedConfigurations): readonly FileChange[] {
  return [
    ...machineChanges(before.machine, after.machine, nameNow),
    ...channelChanges(before.shown, after.shown),
    ...storeChanges(before.shown, after.shown),
    ...changedValues(get(before.shown, 'settings') ?? {}, get(after.shown, 'settings') ?? {}).map((value) => {
      return { kind: 'setting', ...value } as const
    }),
  ]
}

function machineChanges(
  before: MachineDefinition,
  after: MachineDefinition,
  nameNow: ComparedConfigurations['nameNow'],
): readonly FileChange[] {
  const now = new Map(after.states.map((state) => [state.id, state]))
  const old = new Set(before.states.map(({ id }) => nameNow(id)))
  return [
    ...changed('initial-state', nameNow(before.initialState), after.initialState),
    ...changed('creation-event', before.creationEvent, after.creationEvent),
    ...before.states.flatMap((state): readonly FileChange[] => {
      const next = now.get(nameNow(state.id))
      if (next === undefined) return [{ kind: 'state-removed', state: state.id }]
      return stateChanges({ before: state, after: next, nameNow })
    }),
    ...after.states.filter(({ id }) => !old.has(id)).map(({ id }) => ({ kind: 'state-added', state: id }) as const),
    ...businessChanges('business-states', before.businessStates, after.businessStates),
    ...businessChanges('business-events', before.businessEvents, after.businessEvents),
  ]
}

function changed(kind: FileChange['kind'], before: unknown, after: unknown): readonly FileChange[] {
  return isDeepStrictEqual(before, after) ? [] : [{ kind, before, after }]
}

/** Sagas keep the description that they entered a state with, so each of them is compared. */
function businessChanges(
  kind: 'business-states' | 'business-events',
  before: readonly BusinessDefinition[] = [],
  after: readonly BusinessDefinition[] = [],
): readonly FileChange[] {
  const [old, now] = [describedIn(before), describedIn(after)]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): readonly FileChange[] => {
    const [one, other] = [old.get(key), now.get(key)]
    return one === other ? [] : [{ kind, key, before: one, after: other }]
  })
}

/** The first of a repeated id wins (C2.1). An entry without a description is not the same as none. */
function describedIn(list: readonly BusinessDefinition[]): ReadonlyMap<string, string> {
  return new Map(list.toReversed().map(({ id, description = '' }) => [String(id), description]))
}

function channelChanges(before: unknown, after: unknown): readonly FileChange[] {
  const [old, now] = [channelsIn(before), channelsIn(after)]
  const kept = [...old].flatMap(([channel, one]): readonly FileChange[] => {
    const other = now.get(channel)
    if (other === undefined) return [{ kind: 'channel-removed', channel }]
    return changedValues(one, other).map((value) => ({ kind: 'channel-changed', channel, ...value }))
  })
  const added = [...now.keys()].filter((channel) => !old.has(channel))
  return [...kept, ...added.map((channel) => ({ kind: 'channel-added', channel }) as const)]
}

function channelsIn(file: unknown): ReadonlyMap<string, JsonObject> {
  return new Map(objectsIn(get(file, 'communicationProtocols')).map(([, channel]) => [String(channel['id']), channel]))
}

function storeChanges(before: unknown, after: unknown): readonly FileChange[] {
  const [old, now] = [get(before, 'persistencyManagement') ?? {}, get(after, 'persistencyManagement') ?? {}]
  return changedValues(old, now).map((value) => ({ kind: 'store', ...value }))
}
