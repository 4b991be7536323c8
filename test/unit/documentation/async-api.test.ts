import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import specs from '@asyncapi/specs'
import { Validator, type Schema } from '@cfworker/json-schema'
import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { asyncApiOf } from '../../../src/documentation/async-api.ts'
import type { DocumentedService } from '../../../src/documentation/documented-service.ts'
import { openTestApp } from '../http/test-app.ts'
import { ROOT } from '../../walls/tools.ts'

const SCHEMA = specs.schemasWithoutId['3.0.0'] as unknown as Schema
const VALIDATOR = new Validator(SCHEMA, '7', false)

interface AsyncApi {
  readonly servers: Readonly<
    Record<string, { readonly host: string; readonly protocol: string; readonly security?: object }>
  >
  readonly channels: Readonly<Record<string, { readonly address: string; readonly messages: object }>>
  readonly operations: Readonly<Record<string, { readonly action: string; readonly bindings?: object }>>
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly name: string; readonly summary: string; readonly payload: object }>
    >
    readonly securitySchemes: object
  }
}

const SECRETS = {
  USER: 'the-user-name',
  PASSWORD: 'the-password',
  BROKERS: 'secret-broker:9092',
  KEY: 'the-header-key',
}
const from = (name: keyof typeof SECRETS) => ({ type: 'env', name })

const ORDER = {
  type: 'object',
  required: ['id'],
  properties: { id: { $ref: '#/definitions/id' } },
  definitions: { id: { type: 'string' } },
}

const FILE = {
  machineDefinition: {
    initialState: 'asked',
    states: [
      {
        id: 'asked',
        isFinal: false,
        outputCommand: { label: 'ask it/now', channel: 'desk' },
        sideEffects: [{ label: 'tell', channel: 'mail' }],
        outgoingTransitions: [{ inputEvent: 'answered', targetState: 'told' }],
      },
      {
        id: 'told',
        isFinal: false,
        outputCommand: { label: 'tell', channel: 'mail' },
        outgoingTransitions: [
          { inputEvent: 'answered', targetState: 'done' },
          { inputEvent: 'refused', targetState: 'done' },
        ],
      },
      { id: 'done', isFinal: true },
    ],
  },
  communicationProtocols: [
    {
      id: 'desk',
      type: 'kafka',
      configurations: {
        brokers: ['one:9092', 'two:9092'],
        inputTopics: ['events'],
        outputTopics: ['commands', 'audit'],
        consumerGroup: 'group',
        authenticationProperties: {
          ssl: true,
          sasl: { mechanism: 'scram-sha-512', username: from('USER'), password: from('PASSWORD') },
        },
      },
    },
    {
      id: 'far desk',
      type: 'kafka',
      configurations: { brokers: from('BROKERS'), inputTopics: ['events'], consumerGroup: 'far' },
    },
    {
      id: 'mail',
      type: 'rest',
      configurations: {
        protocol: 'https',
        endpoint: 'mail.test',
        port: 8443,
        method: 'PUT',
        path: '/commands',
        headers: { 'x-key': from('KEY'), authorization: 'plain-secret' },
      },
    },
  ],
  persistencyManagement: {},
}

async function described(file: object = FILE, service: Partial<DocumentedService> = {}): Promise<AsyncApi> {
  const read = await readConfiguration(JSON.stringify(file), {
    readFile: undefined,
    variable: (name) => SECRETS[name as keyof typeof SECRETS],
  })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return asyncApiOf({ configuration: read.value, basePath: '', hasTokens: false, ...service }) as AsyncApi
}

/** Every reference of a document leads to something in it; one of a schema with an `$id` leads into that schema. */
function expectResolved(document: object): void {
  const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)].map(([, pointer = '']) => pointer)
  for (const pointer of pointers.filter((one) => one !== '/$defs/all')) {
    const found = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], document)
    expect(found, pointer).toBeDefined()
  }
}

describe('C7 GET /documentation/asyncapi.json', () => {
  test.each([
    ['all kinds of channels', FILE],
    [
      'no channels',
      {
        ...FILE,
        machineDefinition: { initialState: 'a', states: [{ id: 'a', isFinal: true }] },
        communicationProtocols: [],
      },
    ],
    ['the reservation', JSON.parse(readFileSync(join(ROOT, 'examples/reservation/saga.json'), 'utf8')) as object],
  ])('C7 is valid AsyncAPI 3 with references that lead somewhere: %s', async (_, file) => {
    for (const service of [{}, { basePath: '/flow-manager', hasTokens: true }]) {
      const document = await described(file, service)
      expect(VALIDATOR.validate(document).errors).toEqual([])
      expectResolved(document)
    }
  })

  test('C7 the validator refuses what is wrong', async () => {
    const document = await described()
    const [key = ''] = Object.keys(document.operations)
    const wrong = { ...document, operations: { [key]: { ...document.operations[key], action: 'publish' } } }
    expect(VALIDATOR.validate(wrong).valid).toBe(false)
  })

  test('C2.2 a broker written as a URL, which is left out, is none of the servers', async () => {
    const file = structuredClone(FILE)
    Object.assign(file.communicationProtocols[0]?.configurations ?? {}, { brokers: ['http://bad:9092', 'two:9092'] })
    const { servers } = await described(file)
    expect(Object.values(servers).map(({ host }) => host)).toContain('two:9092')
    expect(JSON.stringify(servers)).not.toContain('bad')
  })

  test('C2.6 no secret is in it, and brokers of a reference are redacted', async () => {
    const document = await described()
    const text = JSON.stringify(document)
    for (const secret of [...Object.values(SECRETS), 'plain-secret']) expect(text).not.toContain(secret)
    expect(Object.entries(document.servers).map(([name, { host, protocol }]) => [name, host, protocol])).toEqual([
      ['batuta', '{host}', 'http'],
      ['desk-1', 'one:9092', 'kafka-secure'],
      ['desk-2', 'two:9092', 'kafka-secure'],
      ['far_desk', '[redacted]', 'kafka'],
      ['mail', 'mail.test:8443', 'https'],
    ])
    expect(document.components.securitySchemes).toEqual({ 'sasl-scram-sha-512': { type: 'scramSha512' } })
  })

  test('C3 topics and requests have the direction and the messages of Batuta', async () => {
    const { channels, operations } = await described()
    const rows = Object.entries(channels).map(([name, { address, messages }]) => [
      operations[name]?.action,
      address,
      Object.keys(messages),
    ])
    const [rest, kafka] = [
      ['event.answered.rest', 'event.refused.rest'],
      ['event.answered.kafka', 'event.refused.kafka'],
    ]
    expect(rows).toEqual([
      ['receive', '/event', rest],
      ['send', 'commands', ['command.ask_it_now.kafka']],
      ['send', 'audit', ['command.ask_it_now.kafka']],
      ['receive', 'events', kafka],
      ['receive', 'events', kafka],
      ['send', '/commands', ['command.tell.rest']],
    ])
    expect(operations['mail.send']?.bindings).toMatchObject({ http: { method: 'PUT' } })
    expect(operations['desk.events.receive']?.bindings).toMatchObject({ kafka: { groupId: { enum: ['group'] } } })
  })

  test('C2.1 a payload has the schema of its transition, in its draft, one message a schema', async () => {
    const configuration = { machine: withSchemas(), channels: [], shown: {} }
    const document = asyncApiOf({ configuration, basePath: '', hasTokens: false }) as AsyncApi
    expect(VALIDATOR.validate(document).errors).toEqual([])
    expectResolved(document)
    const { messages } = document.components
    expect(Object.entries(messages).map(([key, { name, summary }]) => [key, name, summary])).toEqual([
      ['event.answered.rest', 'answered', 'Expected in asked, again'],
      ['event.answered.rest-2', 'answered', 'Expected in told'],
    ])
    expect(messages['event.answered.rest']?.payload).toMatchObject({
      schemaFormat: 'application/schema+json;version=draft-07',
      schema: {
        properties: {
          value: { properties: { messageLabel: { const: 'answered' }, messagePayload: { required: ['id'] } } },
        },
      },
    })
    expect(messages['event.answered.rest-2']?.payload).toMatchObject({
      schemaFormat: 'application/schema+json;version=draft-2020-12',
      schema: { properties: { value: { properties: { messagePayload: { $id: 'urn:told', $ref: '#/$defs/all' } } } } },
    })
  })

  test('C2.7 the body of a hook may be anything', async () => {
    const hook = { type: 'file' as const, content: 'export default () => ({ payload: 1 })' }
    const asking = (id: string, outputCommand: object) => ({
      id,
      isFinal: false,
      outputCommand: { label: 'ask', channel: 'mail', ...outputCommand },
    })
    const machineDefinition = { initialState: 'a', states: [asking('a', { hook }), asking('b', {})] }
    const document = await described({ ...FILE, machineDefinition })
    expect(VALIDATOR.validate(document).errors).toEqual([])
    expect(document.components.messages['command.ask.rest']?.payload).toMatchObject({
      schema: { description: 'Made by a hook of saga.json' },
    })
    expect(document.components.messages['command.ask.rest-2']?.payload).toMatchObject({
      schema: { required: ['key', 'value'] },
    })
    expect(JSON.stringify(document)).not.toContain(hook.content)
  })

  test('C7 is served as JSON', async () => {
    const answer = await openTestApp().request('/documentation/asyncapi.json')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(VALIDATOR.validate(await answer.json()).errors).toEqual([])
  })
})

/** A machine that checks one event by two schemas. */
function withSchemas() {
  const told = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:told',
    $ref: '#/$defs/all',
    $defs: { all: {} },
  }
  const to = (payloadValidationSchema: Readonly<Record<string, unknown>>) => [
    { inputEvent: 'answered', targetState: 'asked', payloadValidationSchema },
  ]
  return {
    initialState: 'asked',
    states: [
      { id: 'asked', isFinal: false, outgoingTransitions: to(ORDER) },
      { id: 'told', isFinal: false, outgoingTransitions: to(told) },
      { id: 'again', isFinal: false, outgoingTransitions: to(ORDER) },
    ],
  }
}
