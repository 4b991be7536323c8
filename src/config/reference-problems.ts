import { resembling } from './nearest-word.ts'
import { problemAt, type Problem } from './problem.ts'
import { rings } from './dead-letter-cycles.ts'
import { get, isEmptyObject, isObject, objectsIn, type JsonObject, type Path } from './json-tree.ts'

/** An object of the file and where it stands. */
export interface Entry {
  readonly path: Path
  readonly object: JsonObject
}

const MACHINE = 'machineDefinition'
const CHANNELS = 'communicationProtocols'

/**
 * What no schema can say (C2.1, C2.5): that ids are unique and that what is referred to exists. Asked of the file as it
 * is written, however broken: what is not of the right shape is left to the schema, so that both speak at once (C1.2).
 */
export function brokenReferences(file: JsonObject): readonly Problem[] {
  const machine = [...stateProblems(file), ...transitionProblems(file), ...businessProblems(file)]
  return [...machine, ...channelProblems(file), ...settingsConflict(file)]
}

/** Every command and side effect of the file. */
export function commandsIn(file: JsonObject): readonly Entry[] {
  return statesIn(file).flatMap((state) => [...child(state, 'outputCommand'), ...children(state, 'sideEffects')])
}

function stateProblems(file: JsonObject): readonly Problem[] {
  const machine = child({ path: [], object: file }, MACHINE)
  const states = idsOf(get(file[MACHINE], 'states'))
  return [
    ...dangling(machine, 'initialState', states, 'the id of a state'),
    ...repeated(statesIn(file), 'id', 'an id that no other state has'),
  ]
}

function transitionProblems(file: JsonObject): readonly Problem[] {
  const states = idsOf(get(file[MACHINE], 'states'))
  const transitions = statesIn(file).map((state) => children(state, 'outgoingTransitions'))
  const other = 'an event that no other transition of the state has'
  return [
    ...transitions.flatMap((ofState) => repeated(ofState, 'inputEvent', other)),
    ...dangling(transitions.flat(), 'targetState', states, 'the id of a state'),
  ]
}

function businessProblems(file: JsonObject): readonly Problem[] {
  const machine = child({ path: [], object: file }, MACHINE)
  const states = statesIn(file)
  const transitions = states.flatMap((state) => children(state, 'outgoingTransitions'))
  const idsIn = (list: string): Ids | undefined => idsOf(get(file[MACHINE], list) ?? [])
  const entries = (list: string): readonly Entry[] => machine.flatMap((entry) => children(entry, list))
  return [
    ...dangling(states, 'businessStateId', idsIn('businessStates'), 'the id of a business state'),
    ...dangling(transitions, 'businessEventId', idsIn('businessEvents'), 'the id of a business event'),
    ...repeated(entries('businessStates'), 'id', 'an id that no other business state has'),
    ...repeated(entries('businessEvents'), 'id', 'an id that no other business event has'),
  ]
}

function channelProblems(file: JsonObject): readonly Problem[] {
  const written = file[CHANNELS]
  const channels = idsOf(written === undefined || isEmptyObject(written) ? [] : written)
  return [
    ...repeated(children({ path: [], object: file }, CHANNELS), 'id', 'an id that no other channel has'),
    ...dangling(commandsIn(file), 'channel', channels, 'the id of a channel'),
    ...mute(file),
    ...rings(written),
  ]
}

/** Commands to a Kafka channel that only listens (C2.2): they would be owed for ever. */
function mute(file: JsonObject): readonly Problem[] {
  const isEmpty = (list: unknown) => list === undefined || (Array.isArray(list) && list.length === 0)
  const silent = children({ path: [], object: file }, CHANNELS).filter(({ object }) => {
    const [takes, sends] = ['inputTopics', 'outputTopics'].map((key) => get(object['configurations'], key))
    return object['type'] === 'kafka' && isEmpty(sends) && !isEmpty(takes)
  })
  const ids = new Set(silent.map(({ object }) => idIn(object, 'id')))
  return commandsIn(file).flatMap(({ path, object }) => {
    const id = idIn(object, 'channel')
    if (id === undefined || !ids.has(id)) return []
    return [problemAt([...path, 'channel'], id, 'a channel with "outputTopics": this one only takes events')]
  })
}

/** Two keys for one thing, of which one is the reference's (C2.5). */
function settingsConflict(file: JsonObject): readonly Problem[] {
  const settings = file['settings']
  const chosen = get(settings, 'unexpectedEvents')
  if (get(settings, 'throwOnUnexpectedEvents') !== true || chosen !== 'ignore') return []
  return [problemAt(['settings', 'unexpectedEvents'], chosen, '"reject", as "throwOnUnexpectedEvents" is true')]
}

/** Nothing where the list is not one: then nobody can say what is in it. */
type Ids = ReadonlySet<string | number>

function idsOf(list: unknown): Ids | undefined {
  if (!Array.isArray(list)) return undefined
  return new Set(objectsIn(list).flatMap(([, object]) => idIn(object, 'id') ?? []))
}

function dangling(entries: readonly Entry[], key: string, ids: Ids | undefined, expected: string): readonly Problem[] {
  if (ids === undefined) return []
  const broken = entries.flatMap(({ path, object }) => {
    const id = idIn(object, key)
    return id === undefined || ids.has(id) ? [] : [{ path: [...path, key], id }]
  })
  return broken.map(({ path, id }, index) => problemAt(path, id, expected + (index < HINTS ? hint(id, ids) : '')))
}

/** References of one kind that get a hint: each is compared with every id, and a file may have thousands of both. */
const HINTS = 20

function repeated(entries: readonly Entry[], key: string, expected: string): readonly Problem[] {
  const seen = new Set<string | number>()
  return entries.flatMap(({ path, object }) => {
    const id = idIn(object, key)
    if (id === undefined) return []
    if (seen.has(id)) return [problemAt([...path, key], id, expected)]
    seen.add(id)
    return []
  })
}

/** An id that the schema accepts too. */
function idIn(object: JsonObject, key: string): string | number | undefined {
  const id = get(object, key)
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? id : undefined
}

/** A business id may be missed by its type alone: 1 is not "1". */
function hint(id: string | number, ids: Ids): string {
  const candidate = resembling(String(id), [...ids].map(String))
  const meant = [...ids].find((known) => String(known) === candidate)
  return meant === undefined ? '' : ` (perhaps ${JSON.stringify(meant)})`
}

function statesIn(file: JsonObject): readonly Entry[] {
  return child({ path: [], object: file }, MACHINE).flatMap((machine) => children(machine, 'states'))
}

function child({ path, object }: Entry, key: string): readonly Entry[] {
  const inner = get(object, key)
  return isObject(inner) ? [{ path: [...path, key], object: inner }] : []
}

function children({ path, object }: Entry, key: string): readonly Entry[] {
  return objectsIn(get(object, key)).map(([index, inner]) => ({ path: [...path, key, index], object: inner }))
}
