import { describe, expect, it } from 'vitest'
import { secretInspector } from '../../../src/config/inspect-secrets.ts'

function pathsOf(file: object): readonly string[] {
  const { findings } = secretInspector({ file: { machineDefinition: {}, ...file }, problems: [] })
  expect(JSON.stringify(findings)).not.toContain('hunter2')
  return findings.map(({ path }) => path)
}

const rest = (configurations: object) => ({ communicationProtocols: [{ id: 'c', type: 'rest', configurations }] })
const kafka = (authenticationProperties: object) => ({
  communicationProtocols: [{ id: 'c', type: 'kafka', configurations: { authenticationProperties } }],
})
const store = (type: string, configurations: object) => ({ persistencyManagement: { type, configurations } })
const CHANNEL = 'communicationProtocols[0].configurations'
const STORE = 'persistencyManagement.configurations'

describe('C2.6 a secret in plain text is found', () => {
  it.each([
    [
      'a password of Kafka',
      kafka({ sasl: { password: 'hunter2' } }),
      `${CHANNEL}.authenticationProperties.sasl.password`,
    ],
    ['a key of TLS', kafka({ ssl: { key: 'hunter2' } }), `${CHANNEL}.authenticationProperties.ssl.key`],
    ['a header', rest({ headers: { 'X-Api-Key': 'hunter2' } }), `${CHANNEL}.headers.X-Api-Key`],
    ['a header of a store', store('crud', { headers: { Authorization: 'hunter2' } }), `${STORE}.headers.Authorization`],
    ['a query', rest({ path: '/a?b=1&access_token=hunter2' }), `${CHANNEL}.path`],
    ['a URI', store('mongo', { connectionUri: 'mongodb+srv://me:hunter2@a,b/c' }), `${STORE}.connectionUri`],
    ['a URI without user', store('redis', { url: 'redis://:hunter2@host:6379' }), `${STORE}.url`],
    ['a token', store('upstash-redis', { url: 'https://a.b', token: 'hunter2' }), `${STORE}.token`],
  ])('in %s', (_, file, path) => {
    expect(pathsOf(file)).toEqual([path])
  })
})

describe('C2.6 no secret is', () => {
  const reference = { type: 'env', name: 'A' }
  it.each([
    ['a reference', kafka({ sasl: { password: reference }, ssl: { key: reference } })],
    [
      'a user, a mechanism, a certificate',
      kafka({ sasl: { username: 'me', mechanism: 'plain' }, ssl: { cert: 'c', ca: 'c' } }),
    ],
    ['a common header', rest({ headers: { 'content-type': 'application/json', 'x-tenant': 'a' } })],
    ['an empty value', rest({ headers: { authorization: '' } })],
    ['a common query', rest({ path: '/a?tenant=b' })],
    ['a URI with a user alone', store('mongo', { connectionUri: 'mongodb://me@host:27017/a?x=b:c@d' })],
    ['a URI with a port', store('redis', { url: 'redis://host:6379/0' })],
  ])('%s', (_, file) => {
    expect(pathsOf(file)).toEqual([])
  })
})
