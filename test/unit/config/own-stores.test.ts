import { expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { Secret } from '../../../src/config/secret.ts'
import type { Host } from '../../../src/service.ts'
import { startService } from '../../../src/start.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'

const MACHINE = { initialState: 'done', states: [{ id: 'done', isFinal: true }] }
const OURS = '"rest", "crud", "mongo", "sqlite", "memory", "durable-object", "deno-kv", "upstash-redis"'

function file(persistencyManagement: unknown): string {
  return JSON.stringify({ machineDefinition: MACHINE, persistencyManagement })
}

/** A host with one type of its own, which keeps the settings that its maker got. */
function hostOf(persistencyManagement: unknown) {
  const given: unknown[] = []
  const host: Host = {
    variables: { CONFIGURATION: file(persistencyManagement), TOKEN: 'hunter2' },
    runtime: () => simulatedRuntime(),
    metrics: fakeMetrics(),
    channels: {},
    persistencies: { couch: (settings) => (given.push(settings), memoryPersistency()) },
    embedded: { type: 'couch', configurations: { isEmbedded: true } },
  }
  return { host, given }
}

test('C2.4 a store of the host’s own type gets its settings, with secrets at any depth', async () => {
  const configurations = { nodes: [{ url: 'a', auth: { type: 'env', name: 'TOKEN' } }], size: 3, odd: null }
  const { host, given } = hostOf({ type: 'couch', configurations })
  const { stop } = await startService(host)
  await stop(1_000)
  expect(given).toEqual([{ nodes: [{ url: 'a', auth: expect.any(Secret) }], size: 3, odd: null }])
  const [{ nodes }] = given as [{ nodes: [{ auth: Secret }] }]
  expect(nodes[0].auth.reveal()).toBe('hunter2')
})

test.each([
  ['no settings', { type: 'couch' }, {}],
  ['no store, where the host’s own is the embedded one', undefined, { isEmbedded: true }],
])('C2.4 a store of the host’s own type opens for a file with %s', async (_, store, settings) => {
  const { host, given } = hostOf(store)
  const { stop } = await startService(host)
  await stop(1_000)
  expect(given).toEqual([settings])
})

test.each([
  ['another type', { type: 'coach' }, `type: found "coach", expected ${OURS}, "redis" or "couch"`],
  [
    'settings that are no object',
    { type: 'couch', configurations: ['a'] },
    'configurations: found an array, expected an object',
  ],
  [
    'settings that are a text, which may be a secret',
    { type: 'couch', configurations: 'couch://user:hunter2' },
    'configurations: found a string, expected an object',
  ],
])('C1.2 a host with a type of its own refuses %s', async (_, store, problem) => {
  const refused = await startService(hostOf(store).host).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ code: 'configuration-invalid' })
  const [, line = ''] = (refused as Error).message.split('\n')
  expect(line.replace(/ \(\d+:\d+\)/, '')).toBe(`  persistencyManagement.${problem}`)
})

test('C2.4 headers of a store of the host’s own type are the host’s: none is refused or reported', async () => {
  const headers = { Host: 'couch.internal', accept: 'text/plain' }
  const text = file({ type: 'couch', configurations: { headers } })
  const read = await readConfiguration(text, { variable: () => undefined }, { ownStores: ['couch'] })
  expect(read).toMatchObject({ ok: true, value: { persistency: { configurations: { headers } } } })
  expect(read.ok && read.warnings.map(({ code }) => code)).toEqual(['channels.missing'])
})

test('C2.6 no text in the settings of a store of the host’s own type is shown', async () => {
  const configurations = {
    hosts: ['user:hunter2@a'],
    pwd: 'hunter2',
    pin: { token: 2, key: 'hunter2', code: { type: 'env', name: 'CODE' } },
    size: 3,
    isFast: true,
    none: null,
  }
  const text = file({ type: 'couch', configurations, note: 'hunter2' })
  const read = await readConfiguration(text, { variable: () => 'hunter2' }, { ownStores: ['couch'] })
  expect(read).toMatchObject({ ok: true })
  const [{ shown }, hidden] = [(read as { value: { shown: object } }).value, '[redacted]']
  expect(shown).toMatchObject({
    persistencyManagement: {
      type: 'couch',
      configurations: {
        hosts: [hidden],
        pwd: hidden,
        pin: { token: hidden, key: hidden, code: { type: hidden, name: hidden } },
        size: 3,
        isFast: true,
        none: null,
      },
      note: hidden,
    },
  })
})

test('C1.2 a type that no host has declared is refused, names of an object’s prototype included', async () => {
  for (const type of ['couch', 'constructor', '__proto__', 'own']) {
    const read = await readConfiguration(file({ type }), { variable: () => undefined })
    expect(read).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'store.unknown',
          path: 'persistencyManagement.type',
          found: `"${type}"`,
          expected: `${OURS} or "redis"`,
        },
      ],
    })
  }
})
