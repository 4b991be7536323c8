import { describe, expect, it } from 'vitest'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { accepted, bytesOf, complete, edited, SOURCES, type Tree } from './files.ts'

const PLACE = 'communicationProtocols[1].configurations.brokers'
const kafka = (brokers: unknown): Tree =>
  edited((file) => (file.communicationProtocols[1].configurations.brokers = brokers))
const finding = (place: string, what: string): string =>
  `${place}: found ${what}, expected host and port, such as "kafka:9092"; a broker without them is left out`

describe('a broker that can never be reached', () => {
  it.each([
    ['without port', 'kafka', '"kafka"'],
    ['with a scheme', 'kafka://h:9092', '"kafka://h:9092"'],
    ['of HTTP', 'http://h:9092', '"http://h:9092"'],
    ['with a port beyond the last', 'h:99999', '"h:99999"'],
    ['with port zero', 'h:0', '"h:0"'],
    ['with a port that is none', 'h:port', '"h:[redacted]"'],
    ['with a path', 'h:9092/a', '"h:9092/a"'],
    ['that is a placeholder', '<host>:9092', '"<host>:9092"'],
    ['that is a sentence', 'KAFKA SERVER ENDPOINT URL', '"KAFKA SERVER ENDPOINT URL"'],
    ['with a number beyond 255', '10.0.0.256:9092', '"10.0.0.256:9092"'],
    ['with a number in brackets', '[1234]:9092', '"[1234]:9092"'],
    ['of IPv6 without brackets', '::1:9092', '":[redacted]"'],
    ['of IPv6 without port', '[::1]', '"[::1]"'],
    ['with a user', 'SASL_SSL://me:hunter2@h:9092', '"SASL_SSL://[redacted]@h:9092"'],
  ])('C2.2 %s is a finding with its path', async (_, broker, shown) => {
    const { value, warnings } = await accepted(kafka(['a:9092', broker]))
    expect(warnings).toEqual([finding(`${PLACE}[1]`, shown)])
    expect(value.channels[1]).toMatchObject({
      unusableBrokers: [expect.stringContaining(`found ${shown}, expected host and port`)],
    })
    expect(brokersOf(value.channels[1])).toEqual(['a:9092'])
  })

  it('C2.2 in a comma-separated text is one finding', async () => {
    expect((await accepted(kafka('a:9092, b, c:9092,d'))).warnings).toEqual([finding(PLACE, '"b", "d"')])
    expect((await accepted(kafka(['a:9092,b', 'c']))).warnings).toEqual([
      finding(`${PLACE}[0]`, '"b"'),
      finding(`${PLACE}[1]`, '"c"'),
    ])
  })

  it('C2.6 by reference is reported without its text', async () => {
    const sources = { ...SOURCES, readFile: async () => bytesOf('hunter2') }
    const file = edited((tree) => delete tree.communicationProtocols[1].configurations.authenticationProperties)
    const { value, warnings } = await accepted(file, sources)
    expect(warnings).toEqual([finding(PLACE, 'a secret')])
    expect(brokersOf(value.channels[1])).toEqual([])
  })

  it('C2.8 has line and column', async () => {
    const text = JSON.stringify(kafka(['a:9092', 'b']), undefined, 1)
    const result = await readConfiguration(text, SOURCES)
    const line = text.split('\n').findIndex((one) => one.includes('"b"')) + 1
    expect(result).toMatchObject({ ok: true, warnings: [{ path: `${PLACE}[1]`, line, column: 6 }] })
    expect(result.ok && result.value.channels[1]).toMatchObject({
      unusableBrokers: [expect.stringContaining(`${PLACE}[1] (${line}:6): found "b", expected`)],
    })
  })
})

it.each(['a:9092', 'a.b:1', '10.0.0.1:65535', '[::1]:9092', '[2001:db8::1]:9092', 'a_b-c:9092', 'kafka.:9092'])(
  'C2.2 the broker %s may be there',
  async (broker) => {
    const { value, warnings } = await accepted(kafka([broker]))
    expect(warnings).toEqual([])
    expect(value.channels[1]).not.toHaveProperty('unusableBrokers')
    expect((await accepted(complete())).warnings).toEqual([])
  },
)

describe('the address of a store', () => {
  const store = (type: string, configurations: object): Tree =>
    edited((file) => (file.persistencyManagement = { type, configurations }))
  const malformed = (key: string) => [
    expect.stringMatching(
      new RegExp(
        `^persistencyManagement.configurations.${key}: found (?:a secret|a string|"[^"]+"), expected an address such as`,
      ),
    ),
  ]

  it.each(['http://redis', 'redis', 'redis://', 'redis://<host>', 'redis.internal:6379'])(
    'C2.8 redis at %s is a finding',
    async (url) => {
      expect((await accepted(store('redis', { url }))).warnings).toEqual(malformed('url'))
    },
  )

  it.each(['redis://r', 'upstash.io', 'https://<host>', 'https://10.0.0.256'])(
    'C2.8 upstash at %s is a finding',
    async (url) => {
      expect((await accepted(store('upstash-redis', { url, token: 't' }))).warnings).toEqual(malformed('url'))
    },
  )

  it.each(['mongo', 'http://mongo', 'mongodb:///db'])('C2.8 mongo at %s is a finding', async (connectionUri) => {
    expect((await accepted(store('mongo', { connectionUri, collectionName: 'c' }))).warnings).toEqual(
      malformed('connectionUri'),
    )
  })

  it('C2.8 a valid address, written out or by reference, is no finding', async () => {
    const sound = [
      store('redis', { url: 'rediss://me:p%40ss@[::1]:6379/1' }),
      store('redis', { url: ' redis://r ' }),
      store('upstash-redis', { url: 'https://a.upstash.io', token: 't' }),
      store('mongo', { connectionUri: 'mongodb://me:p@a:1,b:2/db?replicaSet=r', collectionName: 'c' }),
      store('mongo', { connectionUri: 'mongodb+srv://host/db', collectionName: 'c' }),
    ]
    for (const file of sound) expect((await accepted(file)).warnings).toEqual([])
  })
})

function brokersOf(channel: Tree): readonly string[] {
  return channel.configurations.brokers.map((broker: Tree) => broker.reveal())
}
