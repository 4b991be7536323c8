import { describe, expect, it, test } from 'vitest'
import {
  A_HOST,
  A_METHOD,
  A_PATH,
  A_PORT,
  A_PROTOCOL,
  A_SECRET,
  A_SOURCE,
  A_TEXT,
  AN_ENDPOINT,
  brokenRules,
  HEADERS,
  later,
} from './broken.ts'
import { edited, problemsOf } from './files.ts'

const A_STORE = '"rest", "crud", "mongo", "sqlite", "memory", "durable-object", "deno-kv", "upstash-redis" or "redis"'
const A_MECHANISM = '"plain", "scram-sha-256", "scram-sha-512" or "aws", in any letter case'
const A_TOPIC = '"inputTopics", "outputTopics" or both, with one topic at least'
const HEADER_NAMES = "header names of letters, digits and !#$%&'*+-.^_`|~ only"

brokenRules('persistencyManagement', [
  ['C2.4 a store that is a text', '', 'crud', 'a string', 'an object'],
  ['C2.4 a store that is a list', '', [], 'an empty array', 'an object'],
  ['C2.4 an unknown type', '.type', 'oracle', '"oracle"', A_STORE],
  ['C2.4 no type', '.type', undefined, 'nothing', A_STORE],
  ['C2.5a upstash without configurations', '.configurations', undefined, 'nothing', 'an object'],
  ['C2.5a upstash without token', '.configurations.token', undefined, 'nothing', A_SECRET],
  ['C2.5a an empty url', '.configurations.url', '', 'an empty string', 'a secret that is not empty'],
  ['C2.5a a prefix that is no text', '.configurations.prefix', 1, '1', 'a string'],
])

const A_GRACE = 'an ISO 8601 duration of at most 24 days, such as "PT5M", or "PT0S" for none'
const PERIOD = 'an ISO 8601 duration above zero, such as "P30D"'

test.each(['P1M', 'P365D', '5m'])('C2.5a a grace of %s', async (grace) => {
  const problems = await problemsOf(edited((file) => (file.settings.timers = { grace })))
  expect(problems).toEqual([`settings.timers.grace: found "${grace}", expected ${A_GRACE}`])
})

brokenRules('settings', [
  ['C2.5 settings that are a list', '', [], 'an empty array', 'an object'],
  ['C2.5 deep merge as a flag', '.deepMergeMetadata', true, 'true', 'an object'],
  ['C2.5 enabled as a number', '.deepMergeMetadata.enabled', 1, '1', 'true or false'],
  ['C2.5 a throw that is a text', '.throwOnUnexpectedEvents', 'no', '"no"', 'true or false'],
  ['C2.5 another way with unexpected events', '.unexpectedEvents', 'drop', '"drop"', '"ignore", "reject" or "park"'],
  ['C2.5a parking as a number', '.parking', 100, '100', 'an object'],
  ['C2.5a a parking of none', '.parking.limit', 0, '0', 'a whole number, 1 to 10000'],
  ['C2.5a a parking of half an event', '.parking.limit', 1.5, '1.5', 'a whole number, 1 to 10000'],
  ['C2.5a a parking without end', '.parking.timeToLive', 'for ever', '"for ever"', PERIOD],
  ['C2.5a timers that are a text', '.timers', 'PT5M', '"PT5M"', 'an object'],
  ['C2.5a retention as a text', '.retention', 'P1D', '"P1D"', 'an object'],
  ['C2.5a moved states as a list', '.movedStates', ['a'], 'an array', 'an object of names of states'],
  ['C2.5a a moved state without a name', '.movedStates.former', 1, '1', 'a string that is not empty'],
  ['C2.5a signing', '.signing', { secrets: ['s'] }, 'an object', later('signing', 'signatures')],
  ['C2.7 a merge hook', '.deepMergeMetadata.hook.content', [], 'an empty array', A_SOURCE],
])

brokenRules('$schema', [['C2.5 a schema that is no text', '', 1, '1', 'a string']])

/** A store, its settings, the key that is wrong in them, and the problem. */
type StoreRow = readonly [
  rule: string,
  type: string,
  configurations: unknown,
  key: string,
  found: string,
  expected: string,
]

const CRUD = { collectionName: 'sagas' }
const REST = { protocol: 'http', endpoint: 'store', method: 'PUT' }
const REDIS = { url: 'redis://redis' }
const TLS = 'an object of TLS options'
const NO_QUERY = 'a path without "?" and "#", since the id of each saga is appended to it'
const COLLECTION = 'a collection as in the path of the CRUD Service, without "?", "#", backslashes and dot segments'
const STORES: readonly StoreRow[] = [
  ['C2.4 crud without configurations', 'crud', undefined, '', 'nothing', 'an object'],
  ['C2.4 crud without collection', 'crud', {}, '.collectionName', 'nothing', A_TEXT],
  ['C2.4 crud with another protocol', 'crud', { ...CRUD, protocol: 'tcp' }, '.protocol', '"tcp"', A_PROTOCOL],
  ['C2.4 crud with a scheme', 'crud', { ...CRUD, host: 'http://crud' }, '.host', '"http://crud"', A_HOST],
  ['C2.4 crud with a port below one', 'crud', { ...CRUD, port: -1 }, '.port', '-1', A_PORT],
  ['C2.4 crud with headers as a text', 'crud', { ...CRUD, headers: 'a' }, '.headers', 'a string', HEADERS],
  ['C2.4 rest without method', 'rest', { ...REST, method: undefined }, '.method', 'nothing', A_METHOD],
  ['C2.4 rest with an empty path', 'rest', { ...REST, path: '' }, '.path', 'an empty string', A_PATH],
  ['C2.4 rest with a query in its path', 'rest', { ...REST, path: '/s?key=a' }, '.path', '"/s?[redacted]"', NO_QUERY],
  ['C2.4 rest with an endpoint that is none', 'rest', { ...REST, endpoint: 'a|b' }, '.endpoint', '"a|b"', AN_ENDPOINT],
  ['C2.4 crud with a query', 'crud', { collectionName: 's?k=a' }, '.collectionName', '"s?[redacted]"', COLLECTION],
  ['C2.4 crud with a way up', 'crud', { collectionName: '../s' }, '.collectionName', '"../s"', COLLECTION],
  ['C2.4 crud with slashes only', 'crud', { collectionName: '//' }, '.collectionName', '"//"', COLLECTION],
  ['C2.4 mongo without URI', 'mongo', CRUD, '.connectionUri', 'nothing', A_SECRET],
  ['C2.4 mongo without collection', 'mongo', { connectionUri: 'mongodb://a' }, '.collectionName', 'nothing', A_TEXT],
  ['C2.5a redis without url', 'redis', {}, '.url', 'nothing', A_SECRET],
  ['C2.5a redis with an empty url', 'redis', { url: '' }, '.url', 'an empty string', 'a secret that is not empty'],
  ['C2.5a redis with a flag for TLS', 'redis', { ...REDIS, ssl: true }, '.ssl', 'true', TLS],
  ['C2.5a redis with a list for TLS', 'redis', { ...REDIS, ssl: [] }, '.ssl', 'an empty array', TLS],
  ['C2.5a redis with a number for a key', 'redis', { ...REDIS, ssl: { key: 1 } }, '.ssl.key', 'a number', A_SECRET],
  ['C2.5a redis that keeps for no time', 'redis', { ...REDIS, keepFinal: 'P0D' }, '.keepFinal', '"P0D"', PERIOD],
  ['C2.5a sqlite with a number', 'sqlite', { path: 1 }, '.path', '1', A_TEXT],
  ['C2.5a sqlite with a list', 'sqlite', [], '', 'an empty array', 'an object'],
  ['C2.5a memory with a text', 'memory', 'all', '', 'a string', 'an object'],
  ['C2.5a an empty binding', 'durable-object', { binding: '' }, '.binding', 'an empty string', A_TEXT],
  ['C2.5a an empty path of Deno KV', 'deno-kv', { path: '' }, '.path', 'an empty string', A_TEXT],
]

describe('one rule of a store broken, one problem', () => {
  it.each(STORES)('%s', async (_, type, configurations, key, found, expected) => {
    const file = edited((tree) => (tree.persistencyManagement = { type, configurations }))
    const place = `persistencyManagement.configurations${key}`
    expect(await problemsOf(file)).toEqual([`${place}: found ${found}, expected ${expected}`])
  })
})

describe('rules about several values', () => {
  const kafka = 'communicationProtocols[1].configurations'

  it('C2.2 a channel has input topics, output topics or both', async () => {
    const problem = `${kafka}: found an object, expected ${A_TOPIC}`
    const channel = (topics: object): unknown =>
      edited((file) => {
        const none = { inputTopics: undefined, outputTopics: undefined }
        Object.assign(file.communicationProtocols[1].configurations, none, topics)
      })
    expect(await problemsOf(channel({}))).toEqual([problem])
    expect(await problemsOf(channel({ inputTopics: [], outputTopics: [] }))).toEqual([problem])
    expect(await problemsOf(channel({ inputTopics: [], outputTopics: ['a'] }))).toEqual([])
    expect(await problemsOf(channel({ outputTopics: ['a'] }))).toEqual([])
  })

  it('I2 C2.2 a command to a channel that only receives events would stay in the outbox for ever', async () => {
    const path = 'machineDefinition.states[0].sideEffects[0].channel'
    const file = edited((tree) => delete tree.communicationProtocols[1].configurations.outputTopics)
    const expected = 'a channel with "outputTopics": this one only receives events'
    expect(await problemsOf(file)).toEqual([`${path}: found "events", expected ${expected}`])
  })

  it.each(['P0D', 'soon', 30])('C2.5a a retention of no length: %j', async (final) => {
    const file = edited((tree) => Object.assign(tree.settings, { retention: { final } }))
    const found = JSON.stringify(final)
    expect(await problemsOf(file)).toEqual([`settings.retention.final: found ${found}, expected ${PERIOD}`])
  })

  it('C2.2 a wrong topic, broker and mechanism are named with their paths', async () => {
    const file = edited(({ communicationProtocols: [, { configurations }] }) => {
      configurations.inputTopics = ['events', '']
      configurations.brokers = ['a:9092', 9092]
      configurations.authenticationProperties.sasl.mechanism = 'kerberos'
    })
    expect(await problemsOf(file)).toEqual([
      `${kafka}.brokers[1]: found 9092, expected a broker, such as "kafka:9092"`,
      `${kafka}.inputTopics[1]: found an empty string, expected ${A_TEXT}`,
      `${kafka}.authenticationProperties.sasl.mechanism: found "kerberos", expected ${A_MECHANISM}`,
    ])
  })

  it('C2.3 a wrong header name is not printed: it may be a pasted secret', async () => {
    const file = edited((tree) => (tree.communicationProtocols[0].configurations.headers = { 'a b': 'c' }))
    const place = 'communicationProtocols[0].configurations.headers'
    expect(await problemsOf(file)).toEqual([`${place}: found another name, expected ${HEADER_NAMES}`])
  })

  it.each([
    ['ignore', 'found "ignore", expected "reject", since "throwOnUnexpectedEvents" is true'],
    ['park', 'found "park", expected "reject", since "throwOnUnexpectedEvents" is true'],
  ])('C2.5 throwOnUnexpectedEvents does not go with %s', async (unexpectedEvents, problem) => {
    const file = edited((tree) => (tree.settings = { throwOnUnexpectedEvents: true, unexpectedEvents }))
    expect(await problemsOf(file)).toEqual([`settings.unexpectedEvents: ${problem}`])
  })

  it('C2.5a a moved state leads to a state of the machine, and has a name that the machine has no more', async () => {
    const [kept] = edited(() => undefined).machineDefinition.states
    const file = edited((tree) =>
      Object.assign(tree.settings, { movedStates: { gone: 'nowhere', [kept.id]: kept.id } }),
    )
    expect(await problemsOf(file)).toEqual([
      'settings.movedStates.gone: found "nowhere", expected the id of a state',
      `settings.movedStates.${kept.id}: found "${kept.id}", expected a name that no state of the machine has any more`,
    ])
  })
})
