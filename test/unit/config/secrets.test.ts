import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeProblem } from '../../../src/config/problem.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { redact } from '../../../src/config/redact.ts'
import { resolveReference, Secret, type SecretSources } from '../../../src/config/secret.ts'
import { accepted, bytesOf, complete, edited, problemsOf, read, SOURCES, withValue, type Tree } from './files.ts'

const STORE = 'persistencyManagement.configurations'
const HEADER = 'communicationProtocols[0].configurations.headers.authorization'
const KAFKA = 'communicationProtocols[1].configurations'

describe('a Secret', () => {
  const secret = new Secret('hunter2')

  it('C2.6 is returned by `reveal` only', () => {
    expect(secret.reveal()).toBe('hunter2')
    const deno = (secret as never as Record<symbol, () => string>)[Symbol.for('Deno.customInspect')]?.()
    const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }), deno]
    for (const text of printed) expect(text).toContain('[redacted]')
    expect(
      printed.join() + JSON.stringify(Object.entries(secret)) + inspect(secret, { showHidden: true }),
    ).not.toContain('hunter2')
  })
})

describe('references', () => {
  it('C2.6 files and variables are resolved, without the final line break of a file', async () => {
    const { value } = await accepted(complete())
    const [payments, events] = value.channels
    expect(payments?.type === 'rest' && payments.configurations.headers['authorization']?.reveal()).toBe('Bearer p')
    const kafka = events?.type === 'kafka' ? events.configurations : undefined
    const sasl = kafka?.authenticationProperties.sasl
    expect(sasl?.mechanism !== 'aws' && sasl?.password.reveal()).toBe('pass\nword')
    const ssl = kafka?.authenticationProperties.ssl
    expect(typeof ssl === 'object' && ssl.ca?.map((ca) => ca.reveal())).toEqual(['authority'])
    expect(typeof ssl === 'object' && ssl.passphrase?.reveal()).toBe('passphrase')
    const store = value.persistency?.type === 'upstash-redis' ? value.persistency.configurations : undefined
    expect(store?.token.reveal()).toBe('r')
    expect(store?.url.reveal()).toBe('https://redis.example')
  })

  it('C2.6 are accepted at every place of the contract', async () => {
    const reference = { type: 'env', name: 'REDIS' }
    const headers = { a: reference }
    for (const persistencyManagement of [
      { type: 'mongo', configurations: { connectionUri: reference, collectionName: 'c' } },
      { type: 'crud', configurations: { collectionName: 'c', headers } },
      { type: 'rest', configurations: { protocol: 'http', endpoint: 'a', method: 'PUT', headers } },
      { type: 'upstash-redis', configurations: { url: reference, token: reference } },
      { type: 'redis', configurations: { url: reference, ssl: { ca: [reference], key: reference, cert: reference } } },
    ]) {
      const { value } = await accepted(edited((file) => (file.persistencyManagement = persistencyManagement)))
      const settings = value.persistency?.configurations as Tree
      const secret = settings.connectionUri ?? settings.token ?? settings.url ?? settings.headers.a
      expect(secret.reveal()).toBe('r')
    }
    for (const place of ['ssl.ca', 'ssl.key', 'ssl.cert', 'ssl.passphrase', 'sasl.username', 'sasl.password']) {
      await accepted(withValue(`${KAFKA}.authenticationProperties.${place}`, reference))
    }
  })

  it('C2.6 are refused where no secret is allowed', async () => {
    const file = withValue('communicationProtocols[0].configurations.path', { type: 'env', name: 'REDIS' })
    expect(await problemsOf(file)).toEqual([expect.stringContaining('.path: found an object, expected a path')])
  })

  it('C1.2 C2.6 those that cannot be resolved are reported together with all other problems', async () => {
    const file = edited((tree) => {
      tree.machineDefinition.initialState = 'x'
      tree.communicationProtocols[0].configurations.headers.authorization = { type: 'env', name: 'NONE' }
      tree.communicationProtocols[1].configurations.brokers = { type: 'file', path: '/nowhere' }
    })
    expect(await problemsOf(file)).toEqual([
      'machineDefinition.initialState: found "x", expected the id of a state',
      `${HEADER}: found variable "NONE", which is not set, expected the name of a variable that is set`,
      `${KAFKA}.brokers: found file "/nowhere" that cannot be read (no such file), expected a file that can be read`,
    ])
  })

  it('C2.6 an empty variable is one that is not set', async () => {
    expect(await resolveReference({ type: 'env', name: 'A' }, { variable: () => '' })).not.toBeInstanceOf(Secret)
  })

  it('C1.4 a file on a host without file system is a problem', async () => {
    const problems = await problemsOf(complete(), { ...SOURCES, readFile: undefined })
    expect(problems).toHaveLength(3)
    for (const problem of problems) expect(problem).toMatch(/found a reference to a file, expected .* no file system$/)
  })

  it('C2.6 a resolved value is held to the rules of its place', async () => {
    const lines: SecretSources = { ...SOURCES, variable: () => 'hunter2\r\nx: y' }
    expect(await problemsOf(complete(), lines)).toEqual([
      `${HEADER}: found a secret, expected a header value: one line, no characters beyond Latin-1`,
      `${STORE}.token: found a secret, expected a token: one line, no characters beyond Latin-1`,
    ])
    const blank: SecretSources = { ...SOURCES, readFile: async () => bytesOf('\n') }
    expect(await problemsOf(complete(), blank)).toEqual([
      expect.stringMatching(/brokers: found a secret, expected .* broker at least$/),
    ])
  })
})

/** Paths of the complete file whose value is a secret, plain or by reference. */
const PLACES = [
  'communicationProtocols[0].configurations.headers.x-key',
  HEADER,
  `${KAFKA}.authenticationProperties.ssl.ca`,
  `${KAFKA}.authenticationProperties.ssl.key`,
  `${KAFKA}.authenticationProperties.ssl.cert`,
  `${KAFKA}.authenticationProperties.ssl.passphrase`,
  `${KAFKA}.authenticationProperties.sasl.username`,
  `${KAFKA}.authenticationProperties.sasl.password`,
  'persistencyManagement.configurations.token',
  'persistencyManagement.configurations.url',
]

/** Other shapes in which a secret may be written there. */
const WAYS: readonly ((marker: string) => unknown)[] = [
  (marker) => marker,
  (marker) => `https://user:${marker}@host/x?password=${marker}`,
  (marker) => `${marker}\n${marker}✓`,
  (marker) => [marker],
  (marker) => ({ value: marker }),
  (marker) => ({ type: marker }),
  (marker) => ({ type: 'file', path: 1, content: marker }),
]

/** Mistakes elsewhere, such as a secret in place of the object that holds it. */
const MISTAKES: readonly ((file: Tree, marker: string) => void)[] = [
  () => undefined,
  (file) => (file.machineDefinition.initialState = 'x'),
  (file) => (file.communicationProtocols[0].type = 'x'),
  (file) => (file.communicationProtocols[1].type = 'rest'),
  (file) => (file.persistencyManagement.type = 'mongo'),
  (file, marker) => (file.communicationProtocols[0].configurations = marker),
  (file, marker) => (file.communicationProtocols[0].configurations.headers = marker),
  (file, marker) => (file.communicationProtocols[0].configurations.endpoint = `user:${marker}@host`),
  (file, marker) => (file.communicationProtocols[1].configurations.authenticationProperties = marker),
  (file, marker) => (file.communicationProtocols[1].configurations.authenticationProperties.sasl = marker),
  (file, marker) => (file.communicationProtocols[1].configurations.password = marker),
  (file, marker) => (file.communicationProtocols[1].configurations.brokers = [`kafka://me:${marker}@host`]),
  (file, marker) => (file.persistencyManagement = marker),
]

describe('no secret is ever printed', () => {
  const marker = fc.stringMatching(/^mark[a-z0-9]{8}$/)
  const printed = async (text: string, sources: SecretSources): Promise<string> => {
    const result = await readConfiguration(text, sources)
    if (!result.ok) return inspect(result.problems) + result.problems.map(describeProblem).join()
    return inspect(result, { depth: 20 }) + JSON.stringify(result)
  }

  it('C2.6 written out, at any place, in a file with any mistake', async () => {
    const input = fc.record({
      marker,
      place: fc.constantFrom(...PLACES),
      way: fc.constantFrom(...WAYS),
      mistake: fc.constantFrom(...MISTAKES),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    })
    await fc.assert(
      fc.asyncProperty(input, async ({ marker, place, way, mistake, cut }) => {
        const file = withValue(place, way(marker))
        mistake(file, marker)
        const text = JSON.stringify(file, undefined, 2)
        const cutText = cut === null ? text : text.slice(0, Math.floor(text.length * cut))
        expect(await printed(cutText, SOURCES)).not.toContain(marker)
      }),
      { numRuns: 600 },
    )
  })

  it('C2.6 by reference, at any place, also of brokers', async () => {
    await fc.assert(
      fc.asyncProperty(marker, fc.constantFrom(...PLACES, `${KAFKA}.brokers`), async (marker, place) => {
        const sources = { readFile: async () => bytesOf(marker), variable: () => marker }
        for (const reference of [
          { type: 'file', path: '/a' },
          { type: 'env', name: 'A' },
        ]) {
          const valid = withValue(place, reference)
          const invalid = { ...valid, settings: [] }
          expect((await read(valid, sources)).ok).toBe(true)
          expect(await printed(JSON.stringify(valid), sources)).not.toContain(marker)
          expect(await printed(JSON.stringify(invalid), sources)).not.toContain(marker)
        }
      }),
      { numRuns: 50 },
    )
  })
})

it('C2.6 unknown keys that are nearly those of secrets show no value', () => {
  const configurations = { Headers: { 'x-key': 'hunter2' }, connectionURI: ['hunter2'], SASL: { user: 'hunter2' } }
  const shown = redact({ communicationProtocols: [{ configurations }], persistencyManagement: { configurations } })
  expect(JSON.stringify(shown)).not.toContain('hunter2')
})
