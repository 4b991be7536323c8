import type { OpenApi } from '../../src/documentation/open-api.ts'

/** A part of a JSON document. */
type Part = Readonly<Record<string, unknown>>

/** The parts of a saga.json that have names which a request may hold. */
interface Names {
  readonly machineDefinition: { readonly states: readonly { readonly id: string; readonly isFinal?: boolean }[] }
  readonly communicationProtocols: readonly { readonly id: string }[]
}

/** A rule that the description of the API cannot say, told to schemathesis for one saga.json. */
interface Rule {
  /** Why OpenAPI does not say it. */
  readonly why: string
  /** Path to a schema, a parameter or a list of them; `*` is every entry. */
  readonly at: readonly string[]
  readonly change: (part: Part, names: Names) => Part
}

const NAMES_OF_SAGAS = 'a name is one of saga.json, or one that a stored saga has from an older saga.json'
const ONE_REASON = 'the reason stands in the header or in the body, in one of both'
const FILTER = ['components', 'schemas', 'BulkRequest', 'oneOf', '*', 'properties', 'filter', 'properties']
const BULK = ['components', 'schemas', 'BulkRequest', 'oneOf', '*']
const bodyOf = (path: string) => ['paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema']

const ACTIONS: readonly (readonly string[])[] = [
  ...['redeliver', 'resend', 'hold', 'release', 'move', 'cancel'].map((action) => [
    'paths',
    `/sagas/{sagaId}/${action}`,
    'post',
  ]),
  ['paths', '/sagas/{sagaId}/metadata', 'patch'],
  ['paths', '/sagas/{sagaId}/parked/{eventId}', 'delete'],
  ['paths', '/sagas/{sagaId}/dead-letters/{letterId}', 'delete'],
]

const RULES: readonly Rule[] = [
  {
    why: NAMES_OF_SAGAS,
    at: ['paths', '/sagas', 'get', 'parameters', '*'],
    change: (parameter, names) => {
      const values = { currentState: states(names), channel: channels(names) }[String(parameter['name'])]
      const { examples: _, ...rest } = parameter
      return values === undefined ? parameter : { ...rest, schema: oneOf(values) }
    },
  },
  { why: NAMES_OF_SAGAS, at: [...FILTER, 'currentState'], change: (_, names) => oneOf(states(names)) },
  { why: NAMES_OF_SAGAS, at: [...FILTER, 'channel'], change: (_, names) => oneOf(channels(names)) },
  {
    why: 'states and channels are those of saga.json, of which the description has examples only',
    at: [...BULK, 'properties'],
    change: (properties, names) => ({
      ...properties,
      ...('channel' in properties && { channel: oneOf(channels(names)) }),
      ...('state' in properties && { state: oneOf('command' in properties ? states(names) : finalStates(names)) }),
    }),
  },
  {
    why: 'the states are those of saga.json',
    at: [...bodyOf('/sagas/{sagaId}/move'), 'properties', 'state'],
    change: (_, names) => oneOf(states(names)),
  },
  {
    why: 'the final states are those of saga.json',
    at: [...bodyOf('/sagas/{sagaId}/cancel'), 'properties', 'state'],
    change: (_, names) => oneOf(finalStates(names)),
  },
  ...[
    ['paths', '/saga', 'post'],
    ['paths', '/sagas/{sagaId}', 'get'],
  ].map((at): Rule => ({
    why: 'a saga of the runs does not end, so a wait lasts as long as it may, up to a minute',
    at,
    change: without('wait', 'prefer'),
  })),
  ...ACTIONS.map((at): Rule => ({
    why: 'a key that an action of this saga has had is 422 for another one',
    at,
    change: without('idempotency-key'),
  })),
  {
    why: ONE_REASON,
    at: ['paths', '/operations', 'post'],
    change: without('x-reason'),
  },
  {
    why: ONE_REASON,
    at: BULK,
    change: (body) => ({ ...body, required: [...(body['required'] as string[]), 'reason'] }),
  },
]

/** A description with the rules that only this saga.json makes. Throws where a rule has no place in it. */
export function withMachineRules(description: OpenApi, sagaJson: string): object {
  const names = JSON.parse(sagaJson) as Names
  return RULES.reduce((whole: Part, { at, change }) => changed(whole, at, (part) => change(part, names)), description)
}

function changed(whole: Part, [key, ...rest]: readonly string[], change: (part: Part) => Part): Part {
  if (key === undefined) return change(whole)
  if (Array.isArray(whole)) return whole.map((one: Part) => changed(one, rest, change)) as unknown as Part
  const inner = whole[key]
  if (inner === undefined) throw new Error(`tell a rule of saga.json: expected "${key}" in the description`)
  return { ...whole, [key]: changed(inner as Part, rest, change) }
}

/** An operation without these parameters. */
function without(...names: readonly string[]) {
  return (operation: Part): Part => ({
    ...operation,
    parameters: (operation['parameters'] as Part[]).filter(({ name }) => !names.includes(String(name))),
  })
}

function oneOf(values: readonly string[]): Part {
  return { type: 'string', enum: values }
}

function states({ machineDefinition }: Names): readonly string[] {
  return machineDefinition.states.map(({ id }) => id)
}

function finalStates({ machineDefinition }: Names): readonly string[] {
  return machineDefinition.states.filter(({ isFinal }) => isFinal === true).map(({ id }) => id)
}

function channels({ communicationProtocols }: Names): readonly string[] {
  return communicationProtocols.map(({ id }) => id)
}
