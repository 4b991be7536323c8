import { readFileSync } from 'node:fs'
import { describeProblem } from '../../../src/config/problem.ts'
import type { Mismatch } from '../../../src/config/problem.ts'
import { type Configuration } from '../../../src/config/examine-configuration.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import type { Read } from '../../../src/config/read.ts'
import type { SecretSources } from '../../../src/config/secret.ts'
import { writeValue, type Tree } from '../../../scripts/finding-docs/write-value.ts'

export type { Tree }

export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')
}

/** `export default () => ({ payload: 'ü' })` */
export const BASE64_HOOK = 'ZXhwb3J0IGRlZmF1bHQgKCkgPT4gKHsgcGF5bG9hZDogJ8O8JyB9KQ=='

/** Uses every feature, and has no findings. Nothing refers to the channel `spare`. */
export function complete(): Tree {
  return {
    $schema: './saga.schema.json',
    machineDefinition: {
      initialState: 'created',
      creationEvent: 'orderCreated',
      states: [
        {
          id: 'created',
          description: 'An order came in',
          isFinal: false,
          businessStateId: 0,
          outputCommand: {
            label: 'pay',
            channel: 'payments',
            hook: { type: 'file', content: 'export default ({ saga }) => ({ payload: saga.metadata })' },
          },
          sideEffects: [
            { label: 'mail', channel: 'events', hook: { type: 'file', encoding: 'base64', content: BASE64_HOOK } },
          ],
          outgoingTransitions: [
            { inputEvent: 'paid', targetState: 'done', businessEventId: 'P' },
            { inputEvent: 'refused', targetState: 'failed' },
          ],
        },
        { id: 'done', isFinal: true, businessStateId: 1 },
        { id: 'failed', isFinal: true },
        { id: 'spare', isFinal: true },
      ],
      businessStates: [{ id: 0, description: 'Open' }, { id: 1 }, { id: 'spare' }],
      businessEvents: [{ id: 'P', description: 'Paid' }],
    },
    communicationProtocols: [
      {
        id: 'payments',
        type: 'rest',
        configurations: {
          protocol: 'https',
          endpoint: 'payments.internal',
          port: 8443,
          method: 'PUT',
          path: '/commands',
          headers: { 'x-key': 'plain', authorization: { type: 'env', name: 'PAYMENTS' } },
          timeout: 'PT1M30S',
          retry: { attempts: 3, firstWait: 'PT1S', longestWait: 'PT30S', giveUpAfter: 'P2D' },
        },
      },
      {
        id: 'events',
        type: 'kafka',
        configurations: {
          brokers: { type: 'file', path: '/secrets/brokers' },
          inputTopics: ['events'],
          outputTopics: ['commands'],
          consumerGroup: 'orders',
          authenticationProperties: {
            ssl: {
              ca: { type: 'file', path: '/secrets/ca' },
              key: 'key',
              cert: 'cert',
              passphrase: 'passphrase',
            },
            sasl: { mechanism: 'scram-sha-512', username: 'me', password: { type: 'file', path: '/secrets/password' } },
          },
          deadLetterTopic: 'dead',
          fromBeginning: false,
          sessionTimeout: 6_000,
        },
      },
      { id: 'spare', type: 'rest', configurations: { protocol: 'http', endpoint: 'spare', method: 'POST' } },
    ],
    persistencyManagement: {
      type: 'upstash-redis',
      configurations: { url: 'https://redis.example', token: { type: 'env', name: 'REDIS' }, prefix: 'orders:' },
    },
    settings: {
      deepMergeMetadata: { enabled: true, hook: { type: 'file', content: 'export default () => undefined' } },
      throwOnUnexpectedEvents: false,
      unexpectedEvents: 'reject',
      parking: { limit: 10, timeToLive: 'P1D' },
      movedStates: { former: 'created' },
      inexactNumbers: 'refuse',
    },
  }
}

const FILES: Readonly<Record<string, string>> = {
  '/secrets/brokers': 'a:9092, b:9092\n',
  '/secrets/ca': 'authority\r\n',
  '/secrets/password': 'pass\nword\n',
}
const VARIABLES: Readonly<Record<string, string>> = { PAYMENTS: 'Bearer p', REDIS: 'r' }

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export const SOURCES: SecretSources = {
  readFile: (path) => {
    const text = FILES[path]
    return text === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(bytesOf(text))
  },
  variable: (name) => VARIABLES[name],
}

export function read(tree: unknown, sources: SecretSources = SOURCES): Promise<Read<Configuration>> {
  return readConfiguration(JSON.stringify(tree), sources)
}

/** The complete file after an edit. */
export function edited(edit: (file: Tree) => void): Tree {
  const file = complete()
  edit(file)
  return file
}

export async function problemsOf(tree: unknown, sources?: SecretSources): Promise<readonly string[]> {
  const result = await read(tree, sources)
  return result.ok ? [] : result.problems.map(withoutPosition)
}

/** Without its position: the text of a tree is one line. */
export function withoutPosition(problem: Mismatch): string {
  return describeProblem({ ...problem, line: undefined })
}

interface Accepted {
  readonly value: Configuration
  readonly warnings: readonly string[]
}

export async function accepted(tree: unknown, sources?: SecretSources): Promise<Accepted> {
  const result = await read(tree, sources)
  if (!result.ok) throw new Error(`refused: ${result.problems.map(describeProblem).join('; ')}`)
  return { value: result.value, warnings: result.warnings.map(withoutPosition) }
}

/** The complete file with another value at one path, or none there. */
export function withValue(path: string, value: unknown): Tree {
  const file = complete()
  writeValue(file, path, value)
  return file
}
