import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HEADER_RULES } from '../../../src/config/headers.ts'
import { describeProblem } from '../../../src/config/problem.ts'
import type { Mismatch } from '../../../src/config/problem.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import type { Configuration } from '../../../src/config/examine-configuration.ts'
import { attachChannels, attachPersistency } from '../../../src/orchestrator/attach.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const CHANNEL = 'communicationProtocols[0].configurations'
const STORE = 'persistencyManagement.configurations'
const REST = { protocol: 'http', endpoint: 'orders', method: 'POST' }
const PEM = `-----BEGIN CERTIFICATE-----\n${`MI${'A'.repeat(62)}\n`.repeat(4)}-----END CERTIFICATE-----\n`

const VARIABLES: Readonly<Record<string, string>> = { CA: PEM, BAD: 'x', TOKEN: 'a\nb' }

function read(channel: object, store?: object) {
  const file = {
    machineDefinition: {
      initialState: 'a',
      creationEvent: 'c',
      states: [{ id: 'a', isFinal: true, outputCommand: { label: 'go', channel: 'x' } }],
    },
    communicationProtocols: [{ id: 'x', type: 'rest', configurations: { ...REST, ...channel } }],
    persistencyManagement: store ?? { type: 'memory' },
  }
  return readConfiguration(JSON.stringify(file), { variable: (name) => VARIABLES[name] })
}

async function problems(channel: object, store?: object): Promise<readonly string[]> {
  const result = await read(channel, store)
  return result.ok ? [] : result.problems.map(withoutPosition)
}

async function valid(channel: object, store?: object): Promise<{ value: Configuration; warnings: readonly string[] }> {
  const result = await read(channel, store)
  if (!result.ok) throw new Error(result.problems.map(withoutPosition).join('\n'))
  return { value: result.value, warnings: result.warnings.map(withoutPosition) }
}

/** As a user reads it, without line and column. */
function withoutPosition(problem: Mismatch): string {
  return describeProblem({ ...problem, line: undefined })
}

/** Own keys, also of names such as `__proto__`. */
function headers(...names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, 'v']))
}

describe('headers of a channel and of a store', () => {
  const refused = HEADER_RULES.filter(({ kind }) => kind === 'refused').map(({ name }) => name)

  it.each([...refused, 'Host', 'EXPECT', 'Transfer-Encoding', 'Constructor'])(
    '%s is refused, with its path',
    async (name) => {
      const said = `headers.${name}: found a string, expected no header "${name.toLowerCase()}": `
      expect(await problems({ headers: headers(name) })).toEqual([expect.stringContaining(`${CHANNEL}.${said}`)])
      const store = { type: 'crud', configurations: { collectionName: 'c', headers: headers(name) } }
      expect(await problems({}, store)).toEqual([expect.stringContaining(`${STORE}.${said}`)])
    },
  )

  it('docs/CONFIGURATION.md has every rule', () => {
    const rows = readFileSync('docs/CONFIGURATION.md', 'utf8').split('\n')
    for (const { name, kind } of HEADER_RULES) {
      const said = kind === 'ignored' ? 'not sent' : 'refused: '
      expect(
        rows.filter((row) => row.startsWith('|') && row.includes(`\`${name}\``) && row.includes(said)),
      ).toHaveLength(1)
    }
  })

  it('two spellings of one name are refused', async () => {
    expect(await problems({ headers: headers('X-Key', 'x-key') })).toEqual([
      `${CHANNEL}.headers.x-key: found a string, expected one spelling of the name; "X-Key" is there, too`,
    ])
  })

  it.each(['content-type', 'Idempotency-Key', 'traceparent', 'content-encoding'])(
    '%s is accepted, reported and not sent',
    async (name) => {
      const { value, warnings } = await valid({ headers: headers(name, 'x-key') })
      expect(warnings).toEqual([
        expect.stringMatching(/headers.*: found a string, expected no header ".*", which is not sent: /),
      ])
      expect(Object.keys(sentOf(value))).toEqual(['x-key'])
      expect(JSON.stringify(value.shown)).toContain(`"${name}"`)
    },
  )

  it.each(['if-match', 'if-none-match', 'range', 'accept-encoding', 'cache-control'])(
    'a store has its own %s, and a channel sends the given one',
    async (name) => {
      const store = { type: 'rest', configurations: { ...REST, headers: headers(name) } }
      const { value, warnings } = await valid({ headers: headers(name) }, store)
      expect(Object.keys(sentOf(value))).toEqual([name])
      expect(value.persistency).toMatchObject({ configurations: { headers: {} } })
      expect(warnings).toEqual([expect.stringContaining(STORE)])
    },
  )

  it('a content-type that equals the one that is sent is no finding', async () => {
    const { warnings } = await valid({ headers: { 'Content-Type': 'application/json; charset=utf-8' } })
    expect(warnings).toEqual([])
  })

  it('names that every object has are headers like any other', async () => {
    const { value } = await valid({ headers: headers('toString', 'hasOwnProperty', 'valueOf') })
    expect(Object.keys(sentOf(value))).toEqual(['toString', 'hasOwnProperty', 'valueOf'])
  })
})

describe('limits of a runtime', () => {
  const attach = async (runtime: object, channel: object, store?: object): Promise<readonly string[]> => {
    const { value } = await valid(channel, store)
    const host = Object.assign(simulatedRuntime(), runtime)
    const make = () => {
      throw new Error('nothing is opened')
    }
    const read = [
      attachChannels(value.channels, { rest: make }, host),
      attachPersistency(
        value.persistency,
        {
          makers: { memory: make, rest: make, crud: make, 'upstash-redis': make },
          embedded: { type: 'memory', configurations: {} },
        },
        { runtime: host, dataPath: '', passOver: () => undefined },
      ),
    ]
    return read.flatMap((one) => (one.ok ? [] : one.problems.map(withoutPosition)))
  }

  it.each([25, 6000, 6667, 10_080])('port %i is a finding, and refused where the host blocks it', async (port) => {
    const store = { type: 'crud', configurations: { collectionName: 'c', port } }
    const { warnings } = await valid({ port }, store)
    expect(warnings).toEqual([
      expect.stringContaining(`${CHANNEL}.port: found ${port}, expected a port that browsers do not block`),
      expect.stringContaining(`${STORE}.port: found ${port}, expected a port that browsers do not block`),
    ])
    expect(await attach({ blocksPorts: false }, { port }, store)).toEqual([])
    expect(await attach({ blocksPorts: true }, { port }, store)).toEqual([
      expect.stringContaining(`${CHANNEL}.port: found ${port}, expected a port that `),
      expect.stringContaining(`${STORE}.port: found ${port}, expected a port that `),
    ])
  })

  it('such a port is seen in the url of upstash-redis, too', async () => {
    const store = { type: 'upstash-redis', configurations: { url: 'https://redis.test:6667', token: 't' } }
    expect(await attach({ blocksPorts: true }, {}, store)).toEqual([
      expect.stringContaining(`${STORE}.url: found 6667`),
    ])
  })

  it.each([PEM, [PEM], [PEM, PEM + PEM]])('C2.5a authorities are refused where the host takes none', async (ca) => {
    const https = { protocol: 'https', ssl: { ca } }
    const store = { type: 'rest', configurations: { ...REST, ...https } }
    const none = { trusting: undefined, name: 'workerd' }
    expect(await attach(none, https, store)).toEqual([
      `${CHANNEL}.ssl: found authorities, expected no "ssl": workerd trusts its own authorities only`,
      `${STORE}.ssl: found authorities, expected no "ssl": workerd trusts its own authorities only`,
    ])
    expect(await attach({ trusting: () => undefined }, https, store)).toEqual([])
  })

  it('C2.6 an authority may be a secret, and so may one of several', async () => {
    const of = (name: string) => ({ type: 'env', name })
    const { value } = await valid({ protocol: 'https', ssl: { ca: [of('CA'), PEM] } })
    const [channel] = value.channels
    expect(channel?.type === 'rest' && channel.configurations.ssl?.ca.map((one) => one.reveal())).toEqual([PEM, PEM])
    expect(JSON.stringify(value.shown)).not.toContain('BEGIN')
    const store = { type: 'crud', configurations: { collectionName: 'c', protocol: 'https', ssl: { ca: of('BAD') } } }
    expect(await problems({}, store)).toEqual([
      expect.stringContaining(`${STORE}.ssl.ca: found a secret, expected cert`),
    ])
  })

  it.each([
    ['a line break', 'TOKEN'],
    ['a character beyond Latin-1', undefined],
  ])('a token of upstash-redis with %s is refused with its place', async (_, name) => {
    const token = name === undefined ? 'tokén✓' : { type: 'env', name }
    const store = { type: 'upstash-redis', configurations: { url: 'https://redis.test', token } }
    expect(await problems({}, store)).toEqual([
      expect.stringMatching(/configurations\.token: found a s\w+, expected a token/),
    ])
    const blank = { ...store, configurations: { ...store.configurations, token: ' token\n' } }
    expect(await problems({}, blank)).toEqual([])
  })

  it('C2.5a "ssl" is refused with http, and so is a malformed certificate', async () => {
    const store = { type: 'crud', configurations: { collectionName: 'c', ssl: { ca: PEM } } }
    expect(await problems({ ssl: { ca: PEM } }, store)).toEqual([
      `${CHANNEL}.ssl: found an object, expected "ssl" only with "protocol": "https"`,
      `${STORE}.ssl: found an object, expected "ssl" only with "protocol": "https"`,
    ])
    for (const ca of ['', 'x', [], PEM.slice(0, -30), PEM.replace('MIA', '!!!'), [PEM, 'x']])
      expect(await problems({ protocol: 'https', ssl: { ca } })).toHaveLength(1)
    expect(await problems({ protocol: 'https', ssl: { ca: PEM, key: 'k' } })).toEqual([
      expect.stringContaining(`${CHANNEL}.ssl.key: found a string, expected no "key" yet`),
    ])
  })
})

function sentOf({ channels: [channel] }: Configuration): object {
  if (channel?.type !== 'rest') throw new Error('the first channel is no REST channel')
  return channel.configurations.headers
}
