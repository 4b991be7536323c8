import { deadLetterCycleProblems } from './dead-letter-cycles.ts'
import { get, isEmptyObject, isObject, objectsIn, type JsonObject, type Path } from './json-tree.ts'
import { similarWord } from './nearest-word.ts'
import { mismatchAt, problem, type Problem } from './problem.ts'
import type { ProblemCode } from './problem-codes.ts'

/** An object of the file, with its path. */
export interface PlacedObject {
  readonly path: Path
  readonly object: JsonObject
}

const MACHINE = 'machineDefinition'
const CHANNELS = 'communicationProtocols'

/**
 * Rules about several values (C2.1, C2.5): ids are unique, and references lead to ids. Checked on the file as written, valid or
 * not, so that these problems come together with those of the schema (C1.2). Values of the wrong shape are left to the schema.
 */
export function referenceProblems(file: JsonObject): readonly Problem[] {
  const machine = [...stateProblems(file), ...transitionProblems(file), ...businessProblems(file)]
  return [...machine, ...channelProblems(file), ...settingsProblems(file), ...movedStateProblems(file)]
}

/** Every command and side effect of the file. */
export function commandsIn(file: JsonObject): readonly PlacedObject[] {
  return statesIn(file).flatMap((state) => [...child(state, 'outputCommand'), ...children(state, 'sideEffects')])
}

/** Every transition of the file. */
export function transitionsIn(file: JsonObject): readonly PlacedObject[] {
  return statesIn(file).flatMap((state) => children(state, 'outgoingTransitions'))
}

function stateProblems(file: JsonObject): readonly Problem[] {
  const machine = child({ path: [], object: file }, MACHINE)
  const states = idsOf(get(file[MACHINE], 'states'))
  return [
    ...danglingReferences(machine, {
      code: 'state.unknown',
      key: 'initialState',
      ids: states,
      expected: 'the id of a state',
    }),
    ...repeatedValues(statesIn(file), { code: 'state.repeated', key: 'id', expected: 'an id that no other state has' }),
  ]
}

function transitionProblems(file: JsonObject): readonly Problem[] {
  const states = idsOf(get(file[MACHINE], 'states'))
  const transitions = statesIn(file).map((state) => children(state, 'outgoingTransitions'))
  const uniqueEvent = {
    code: 'event.repeated',
    key: 'inputEvent',
    expected: 'an event that no other transition of the state has',
  } as const
  const target = { code: 'state.unknown', key: 'targetState', ids: states, expected: 'the id of a state' } as const
  return [
    ...transitions.flatMap((ofState) => repeatedValues(ofState, uniqueEvent)),
    ...danglingReferences(transitions.flat(), target),
  ]
}

function businessProblems(file: JsonObject): readonly Problem[] {
  const states = statesIn(file)
  const transitions = states.flatMap((state) => children(state, 'outgoingTransitions'))
  const idsIn = (list: string): Ids | undefined => idsOf(get(file[MACHINE], list) ?? [])
  const stateReference: ReferenceRule = {
    code: 'business-state.unknown',
    key: 'businessStateId',
    ids: idsIn('businessStates'),
    expected: 'the id of a business state',
  }
  const eventReference: ReferenceRule = {
    code: 'business-event.unknown',
    key: 'businessEventId',
    ids: idsIn('businessEvents'),
    expected: 'the id of a business event',
  }
  return [...danglingReferences(states, stateReference), ...danglingReferences(transitions, eventReference)]
}

function channelProblems(file: JsonObject): readonly Problem[] {
  const written = file[CHANNELS]
  const ids = idsOf(written === undefined || isEmptyObject(written) ? [] : written)
  return [
    ...repeatedValues(children({ path: [], object: file }, CHANNELS), {
      code: 'channel.repeated',
      key: 'id',
      expected: 'an id that no other channel has',
    }),
    ...danglingReferences(commandsIn(file), {
      code: 'channel.unknown',
      key: 'channel',
      ids,
      expected: 'the id of a channel',
    }),
    ...commandsToReceivers(file),
    ...deadLetterCycleProblems(written),
  ]
}

/** Commands to a Kafka channel without output topics (C2.2): they would stay in the outbox for ever. */
function commandsToReceivers(file: JsonObject): readonly Problem[] {
  const channels = children({ path: [], object: file }, CHANNELS).filter(isReceiver)
  const receivers = new Set(channels.map(({ object }) => idIn(object, 'id')))
  return commandsIn(file).flatMap(({ path, object }) => {
    const id = idIn(object, 'channel')
    if (id === undefined || !receivers.has(id)) return []
    const expected = 'a channel with "outputTopics": this one only receives events'
    return [problem('channel.receives-only', mismatchAt([...path, 'channel'], id, expected))]
  })
}

function isReceiver({ object: { type, configurations } }: PlacedObject): boolean {
  const isEmpty = (list: unknown) => list === undefined || (Array.isArray(list) && list.length === 0)
  return (
    type === 'kafka' && isEmpty(get(configurations, 'outputTopics')) && !isEmpty(get(configurations, 'inputTopics'))
  )
}

/** Two keys for one setting, of which one is the reference's (C2.5). */
function settingsProblems(file: JsonObject): readonly Problem[] {
  const settings = file['settings']
  const chosen = get(settings, 'unexpectedEvents')
  if (get(settings, 'throwOnUnexpectedEvents') !== true || (chosen !== 'ignore' && chosen !== 'park')) return []
  const expected = '"reject", since "throwOnUnexpectedEvents" is true'
  return [problem('settings.contradiction', mismatchAt(['settings', 'unexpectedEvents'], chosen, expected))]
}

/** A former name of a state leads to one of the machine, which must have none under the former name (P11). */
function movedStateProblems(file: JsonObject): readonly Problem[] {
  const moved = child({ path: ['settings'], object: file['settings'] as JsonObject }, 'movedStates')
  const states = idsOf(get(file[MACHINE], 'states'))
  return moved.flatMap((placed) =>
    Object.keys(placed.object).flatMap((former) => [
      ...(states?.has(former) === true ? [stillThere([...placed.path, former], former)] : []),
      ...danglingReferences([placed], {
        code: 'state.unknown',
        key: former,
        ids: states,
        expected: 'the id of a state',
      }),
    ]),
  )
}

function stillThere(path: Path, former: string): Problem {
  return problem('moved-state.exists', mismatchAt(path, former, 'a name that no state of the machine has any more'))
}

/** Ids by their texts: a business id may be referred to as 1 or "1" (C5a). */
type Ids = ReadonlyMap<string, string | number>

/** Nothing where the value is no list, so that its ids are unknown. */
function idsOf(list: unknown): Ids | undefined {
  if (!Array.isArray(list)) return undefined
  const ids = objectsIn(list).flatMap(([, object]) => idIn(object, 'id') ?? [])
  return new Map(ids.map((id) => [String(id), id]))
}

/** A rule about the values of one key in several objects. */
interface KeyRule {
  readonly code: ProblemCode
  readonly key: string
  readonly expected: string
}

/** A key whose value must be one of these ids. */
interface ReferenceRule extends KeyRule {
  /** Absent: unknown, so that nothing is checked. */
  readonly ids: Ids | undefined
}

function danglingReferences(
  objects: readonly PlacedObject[],
  { code, key, ids, expected }: ReferenceRule,
): readonly Problem[] {
  if (ids === undefined) return []
  const dangling = objects.flatMap(({ path, object }) => {
    const id = idIn(object, key)
    return id === undefined || ids.has(String(id)) ? [] : [{ path: [...path, key], id }]
  })
  return dangling.map(({ path, id }, index) => {
    const hint = index < HINTS ? similarIdHint(id, ids) : ''
    return problem(code, mismatchAt(path, id, expected + hint))
  })
}

/** References with a hint, per rule. A hint compares with every id, and a file may have thousands of references and of ids. */
const HINTS = 20

function repeatedValues(objects: readonly PlacedObject[], { code, key, expected }: KeyRule): readonly Problem[] {
  return repeatsOf(objects, key).map(({ path, id }) => problem(code, mismatchAt(path, id, expected)))
}

/** An id that an earlier object has, with its path. */
interface RepeatedId {
  readonly path: Path
  readonly id: string | number
}

/** Ids that an earlier object of the list has, too. */
export function repeatsOf(objects: readonly PlacedObject[], key: string): readonly RepeatedId[] {
  const seen = new Set<string | number>()
  return objects.flatMap(({ path, object }) => {
    const id = idIn(object, key)
    if (id === undefined) return []
    if (seen.has(id)) return [{ path: [...path, key], id }]
    seen.add(id)
    return []
  })
}

/** An id of a valid shape. */
function idIn(object: JsonObject, key: string): string | number | undefined {
  const id = get(object, key)
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? id : undefined
}

function similarIdHint(id: string | number, ids: Ids): string {
  const candidate = similarWord(String(id), [...ids.keys()])
  const similar = candidate === undefined ? undefined : ids.get(candidate)
  return similar === undefined ? '' : ` (perhaps ${JSON.stringify(similar)})`
}

/** Every business state or business event of the file. */
export function businessEntriesIn(
  file: JsonObject,
  list: 'businessStates' | 'businessEvents',
): readonly PlacedObject[] {
  return child({ path: [], object: file }, MACHINE).flatMap((machine) => children(machine, list))
}

/** Every state of the file. */
export function statesIn(file: JsonObject): readonly PlacedObject[] {
  return child({ path: [], object: file }, MACHINE).flatMap((machine) => children(machine, 'states'))
}

function child({ path, object }: PlacedObject, key: string): readonly PlacedObject[] {
  const inner = get(object, key)
  return isObject(inner) ? [{ path: [...path, key], object: inner }] : []
}

/** The objects of a list in an object. */
export function children({ path, object }: PlacedObject, key: string): readonly PlacedObject[] {
  return objectsIn(get(object, key)).map(([index, inner]) => ({ path: [...path, key, index], object: inner }))
}
