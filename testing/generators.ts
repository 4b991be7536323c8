import fc from 'fast-check'
import type { Metadata, SagaEvent } from '../src/engine/saga.ts'
import type {
  CommandDefinition,
  MachineDefinition,
  StateDefinition,
  TransitionDefinition,
} from '../src/machine/definition.ts'

/** The saga of the generated events. */
export const SAGA = 's'

/** Ids and labels of any spelling, including names of inherited members of objects. */
export function names(): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constantFrom('a', 'b', 'A', 'é', '💥', '', ' ', '\u0000', '1'), weight: 4 },
    { arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length'), weight: 2 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 8 }), weight: 1 },
  )
}

/** Machines that `config/read` would accept: loops, self loops, dead ends, none or several final states. */
export function machines(): fc.Arbitrary<MachineDefinition> {
  return fc
    .record({
      states: fc.uniqueArray(names(), { minLength: 1, maxLength: 6 }),
      labels: fc.uniqueArray(names(), { minLength: 1, maxLength: 4 }),
    })
    .chain(({ states, labels }) =>
      fc.record(
        {
          initialState: fc.constantFrom(...states),
          creationEvent: names(),
          states: fc.tuple(...states.map((id) => state(id, states, labels))),
          businessStates: fc.constant(BUSINESS),
          businessEvents: fc.constant(BUSINESS),
        },
        { requiredKeys: ['initialState', 'states', 'businessStates', 'businessEvents'] },
      ),
    )
}

/** Events for one saga of this machine: right labels and wrong ones, fresh ids and repeated ones. */
export function events(definition: MachineDefinition): fc.Arbitrary<readonly SagaEvent[]> {
  const known = definition.states.flatMap(({ outgoingTransitions = [] }) =>
    outgoingTransitions.map(({ inputEvent }) => inputEvent),
  )
  const label = known.length === 0 ? names() : fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 9 }, names())
  const id = fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 7 }).map((number) => `e${number}`), weight: 3 },
    { arbitrary: fc.uuid(), weight: 3 },
    { arbitrary: names(), weight: 1 },
  )
  const trace = fc.option(fc.constantFrom('00-a-b-01', ''), { nil: undefined })
  return fc.array(fc.record({ id, sagaId: fc.constant(SAGA), label, payload: payloads(), trace }), { maxLength: 20 })
}

/** JSON objects whose keys often coincide, and often are harmful to a careless merge, such as `__proto__`. */
export function payloads(): fc.Arbitrary<Metadata> {
  return VALUES.object.map((text) => JSON.parse(text) as Metadata)
}

/** A machine with events to send to one saga of it. */
export interface Scenario {
  readonly definition: MachineDefinition
  readonly metadata: Metadata
  readonly events: readonly SagaEvent[]
}

/** A machine, a creation of one saga, and events for it. */
export function scenarios(): fc.Arbitrary<Scenario> {
  return machines().chain((definition) =>
    fc.record({ definition: fc.constant(definition), metadata: payloads(), events: events(definition) }),
  )
}

const BUSINESS = [{ id: 1, description: 'one' }, { id: '1' }, { id: '__proto__', description: '' }]
const business = fc.constantFrom(...BUSINESS.map(({ id }) => id))
const channel = fc.constantFrom('bank', 'warehouse', '__proto__')

function state(id: string, states: readonly string[], labels: readonly string[]): fc.Arbitrary<StateDefinition> {
  return fc.record(
    {
      id: fc.constant(id),
      isFinal: fc.integer({ max: 3, min: 0 }).map((number) => number === 0),
      businessStateId: business,
      outputCommand: command(),
      sideEffects: fc.array(command(), { maxLength: 3 }),
      outgoingTransitions: transitions(states, labels),
    },
    { requiredKeys: ['id', 'isFinal', 'outgoingTransitions'] },
  )
}

function command(): fc.Arbitrary<CommandDefinition> {
  return fc.record({ label: names(), channel }, { requiredKeys: ['label'] })
}

function transitions(states: readonly string[], labels: readonly string[]): fc.Arbitrary<TransitionDefinition[]> {
  const transition = fc.record(
    { inputEvent: fc.constantFrom(...labels), targetState: fc.constantFrom(...states), businessEventId: business },
    { requiredKeys: ['inputEvent', 'targetState'] },
  )
  return fc.uniqueArray(transition, { selector: ({ inputEvent }) => inputEvent, maxLength: labels.length })
}

const KEYS = ['a', 'b', '0', '1', 'length', '__proto__', 'constructor', '4294967294', '-1', '01']
const key = fc.oneof({ arbitrary: fc.constantFrom(...KEYS), weight: 9 }, fc.string({ unit: 'binary', maxLength: 3 }))

/** Parsed from JSON text, so that `__proto__` is an own key. */
const VALUES = fc.letrec<{ value: string; leaf: string; array: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('array'), tie('object')),
  leaf: fc
    .oneof(fc.constantFrom(null, true, -1, 0, 1, 4294967296), fc.string({ unit: 'binary', maxLength: 3 }))
    .map((leaf) => JSON.stringify(leaf)),
  array: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 4 })
    .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`),
}))
