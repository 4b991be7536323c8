import { globSync, readFileSync } from 'node:fs'
import { Validator, type Schema } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sagaSchemaText } from '../../../scripts/json-schema.ts'
import { accepted, complete, fixture, read, withValue, type Tree } from './files.ts'

const ROOT = new URL('../../../', import.meta.url)
const COMMITTED = readFileSync(new URL('saga.schema.json', ROOT), 'utf8')
const validator = new Validator(JSON.parse(COMMITTED) as Schema, '7')

function fits(tree: unknown): boolean {
  return validator.validate(tree).valid
}

const MACHINE = { initialState: 'a', states: [{ id: 'a', isFinal: true }] }

const STORES: readonly Tree[] = [
  {},
  { type: 'rest', configurations: { protocol: 'http', endpoint: '[::1]', method: 'PUT', headers: { a: 'b' } } },
  { type: 'crud', configurations: { collectionName: 'sagas', host: 'crud', port: 80, headers: {} } },
  { type: 'mongo', configurations: { connectionUri: { type: 'env', name: 'REDIS' }, collectionName: 'sagas' } },
  { type: 'sqlite' },
  { type: 'sqlite', configurations: { path: 'sagas.db' } },
  { type: 'memory', configurations: {} },
  { type: 'durable-object', configurations: { binding: 'SAGAS' } },
  { type: 'deno-kv' },
  { type: 'redis', configurations: { url: { type: 'file', path: '/secrets/ca' }, prefix: '', keepFinal: 'P30D' } },
  { type: 'redis', configurations: { url: 'rediss://redis', ssl: { ca: ['a', 'b'], key: 'k', cert: 'c' } } },
]
const KAFKA: readonly Tree[] = [
  { brokers: 'a:1' },
  { brokers: ['a:1', 'b:2'] },
  { brokers: { type: 'env', name: 'PAYMENTS' } },
  { brokers: 'a:1', authenticationProperties: { ssl: true } },
  { brokers: 'a:1', authenticationProperties: { ssl: { ca: ['a', { type: 'file', path: '/secrets/ca' }] } } },
]

/** Valid files. */
const FILES: readonly Tree[] = [
  complete(),
  { machineDefinition: MACHINE },
  { machineDefinition: MACHINE, settings: {}, unknown: { keys: 'are warnings' } },
  ...STORES.map((store) => ({ machineDefinition: MACHINE, persistencyManagement: store })),
  ...KAFKA.map((kafka) => ({ machineDefinition: MACHINE, communicationProtocols: [channel(kafka)] })),
  ...grown(JSON.parse(fixture('reservation.kafka-crud.saga.json'))),
].map((file) => JSON.parse(JSON.stringify(file)))

function channel(kafka: Tree): Tree {
  return { id: 'events', type: 'kafka', configurations: { ...kafka, outputTopics: ['commands'] } }
}

/** The files of the tutorial: sections are added one by one, and parts of the machine, too. */
function grown(full: Tree): readonly Tree[] {
  const { machineDefinition, communicationProtocols } = full
  const states = machineDefinition.states.map(({ id, isFinal }: Tree) => ({ id, isFinal }))
  const bare = { initialState: machineDefinition.initialState, states }
  const uncommanded = machineDefinition.states.map((state: Tree) => ({ ...state, outputCommand: undefined }))
  const machines = [bare, { ...machineDefinition, states: uncommanded }]
  const early = machines.flatMap((machine) => [[], {}, undefined].map((none) => ({ machine, none })))
  return [
    ...early.map(({ machine, none }) => ({
      machineDefinition: machine,
      communicationProtocols: none,
      persistencyManagement: {},
    })),
    { machineDefinition, communicationProtocols },
  ]
}

describe('the JSON Schema of a saga.json', () => {
  it('C2.5 the committed file is what `npm run schema` writes', async () => {
    expect(COMMITTED).toBe(await sagaSchemaText())
  })

  it('C2.5 the package publishes it', () => {
    const { files, exports } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
    expect(files).toContain('saga.schema.json')
    expect(exports).toMatchObject({ './saga.schema.json': './saga.schema.json' })
  })

  it.each(globSync('{test/fixtures/*.saga.json,examples/**/saga.json}', { cwd: ROOT }))('C2.5 accepts %s', (path) => {
    const { errors } = validator.validate(JSON.parse(readFileSync(new URL(path, ROOT), 'utf8')))
    expect(errors).toEqual([])
  })

  it.each(FILES.map((file, index) => [index, file]))('C2.5 accepts valid file %i', async (_, file) => {
    await accepted(file)
    expect(validator.validate(file).errors).toEqual([])
  })
})

describe('what the JSON Schema refuses', () => {
  it.each([
    ['no machine', 'machineDefinition', undefined],
    ['an empty machine', 'machineDefinition', {}],
    ['no states', 'machineDefinition.states', undefined],
    ['no initial state', 'machineDefinition.initialState', undefined],
    ['isFinal as a text', 'machineDefinition.states[0].isFinal', 'no'],
    ['no isFinal', 'machineDefinition.states[0].isFinal', undefined],
    ['a business id that is neither text nor number', 'machineDefinition.businessStates[0].id', true],
    ['a command without label', 'machineDefinition.states[0].outputCommand.label', undefined],
    ['a transition without target', 'machineDefinition.states[0].outgoingTransitions[0].targetState', undefined],
    ['a file with channels that are an object', 'communicationProtocols', { id: 1 }],
    ['an unknown channel', 'communicationProtocols[0].type', 'soap'],
    ['an unknown protocol', 'communicationProtocols[0].configurations.protocol', 'ftp'],
    ['another method', 'communicationProtocols[0].configurations.method', 'GET'],
    ['a port beyond the last', 'communicationProtocols[0].configurations.port', 65_536],
    ['an endpoint with a scheme', 'communicationProtocols[0].configurations.endpoint', 'http://a'],
    ['a path without its slash', 'communicationProtocols[0].configurations.path', 'commands'],
    ['a header name with a space', 'communicationProtocols[0].configurations.headers', { 'a b': 'c' }],
    ['a secret from nowhere', 'communicationProtocols[0].configurations.headers', { a: { type: 'vault', path: 'b' } }],
    [
      'a secret from an empty path',
      'communicationProtocols[0].configurations.headers',
      { a: { type: 'file', path: '' } },
    ],
    ['brokers as a number', 'communicationProtocols[1].configurations.brokers', 9_092],
    ['topics as a text', 'communicationProtocols[1].configurations.inputTopics', 'events'],
    ['half a millisecond', 'communicationProtocols[1].configurations.sessionTimeout', 0.5],
    [
      'an unknown mechanism',
      'communicationProtocols[1].configurations.authenticationProperties.sasl.mechanism',
      'gssapi',
    ],
    ['an unknown store', 'persistencyManagement.type', 'postgres'],
    ['a crud store without collection', 'persistencyManagement', { type: 'crud', configurations: {} }],
    ['a crud store without configurations', 'persistencyManagement', { type: 'crud' }],
    ['settings as a list', 'settings', []],
    ['a setting of no known value', 'settings.unexpectedEvents', 'shout'],
    ['$schema as a number', '$schema', 7],
  ])('C2.5 %s', async (_, path, value) => {
    const file = withValue(path, value)
    expect(fits(file)).toBe(false)
    expect(await read(file)).toMatchObject({ ok: false })
  })
})

type ValuePath = readonly (string | number)[]

/** The path of every value within a file. */
function pathsIn(tree: unknown, above: ValuePath = []): readonly ValuePath[] {
  if (typeof tree !== 'object' || tree === null) return []
  const keys = Array.isArray(tree) ? tree.keys() : Object.keys(tree)
  return [...keys].flatMap((key) => [[...above, key], ...pathsIn((tree as Tree)[key], [...above, key])])
}

/** A copy of the file with another value at one path, or without it. */
function mutated(file: Tree, path: ValuePath, value: unknown): Tree {
  const copy = structuredClone(file)
  const parent = path.slice(0, -1).reduce<Tree>((tree, key) => tree[key], copy)
  const last = path.at(-1) ?? ''
  if (value !== undefined) parent[last] = value
  else if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return copy
}

const OTHERS: readonly unknown[] = [undefined, null, true, -1, 0.5, '', 'x y', [], ['x'], [{}], {}, { type: 'file' }]

const EVERYWHERE = FILES.flatMap((file) => pathsIn(file).map((path) => ({ file, path })))

interface Verdict {
  readonly change: string
  readonly fits: boolean
  readonly ok: boolean
}

async function verdict(file: Tree, path: ValuePath, value: unknown): Promise<Verdict> {
  const other = mutated(file, path, value)
  const change = `${path.join('.')} = ${JSON.stringify(value)}`
  return { change, fits: fits(other), ok: (await read(other)).ok }
}

function verdicts(values: readonly unknown[]): Promise<readonly Verdict[]> {
  return Promise.all(EVERYWHERE.flatMap(({ file, path }) => values.map((value) => verdict(file, path, value))))
}

describe('the JSON Schema beside readConfiguration', () => {
  it('C2.5 never refuses what Batuta accepts, for a key that is absent or of another type', async () => {
    const refused = (await verdicts(OTHERS)).filter((each) => !each.fits)
    expect(refused.filter(({ ok }) => ok)).toEqual([])
    expect(refused.length).toBeGreaterThan(1_000)
  }, 60_000)

  it('C2.5 refuses exactly the nulls that Batuta refuses', async () => {
    expect((await verdicts([null])).filter((each) => each.fits !== each.ok)).toEqual([])
  }, 60_000)

  it('C2.5 never refuses what Batuta accepts, whatever is written at any place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVERYWHERE), fc.jsonValue(), async ({ file, path }, value) => {
        expect(await verdict(file, path, value)).not.toMatchObject({ fits: false, ok: true })
      }),
      { numRuns: 500 },
    )
  }, 60_000)
})
