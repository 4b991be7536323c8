import { describe, expect, test } from 'vitest'
import type { ChannelConfiguration } from '../../../src/config/channel-schema.ts'
import type { StoreConfiguration } from '../../../src/config/persistency-schema.ts'
import { attachChannels, attachPersistency, attachSources } from '../../../src/orchestrator/attach.ts'
import type { ChannelMakers, PersistencyMakers, SourceMakers } from '../../../src/orchestrator/attach.ts'
import type { Channel } from '../../../src/ports/channel.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import type { Source } from '../../../src/ports/source.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const MEMORY = { type: 'memory', configurations: {} } as StoreConfiguration
const EMBEDDED = { type: 'sqlite', configurations: { path: 'embedded' } }

/** A REST channel: its settings matter only to what is attached. */
function rest(id: string, settings: object = {}): ChannelConfiguration {
  return { id, type: 'rest', configurations: settings } as unknown as ChannelConfiguration
}

function kafka(id: string): ChannelConfiguration {
  return { id, type: 'kafka', configurations: {} } as unknown as ChannelConfiguration
}

/** Opens what it is asked to; an id that begins with `broken` fails, and one that begins with `none` has nothing to open. */
function maker(closed: string[] = []) {
  return async ({ id }: { readonly id: string }) => {
    if (id.startsWith('broken')) throw new Error(`open ${id}`)
    if (id.startsWith('none')) return undefined
    return { id, close: async () => void closed.push(id) } as unknown as Channel & Source
  }
}

function opened(configurations: readonly ChannelConfiguration[], makers: ChannelMakers) {
  const attached = attachChannels(configurations, makers, simulatedRuntime())
  if (!attached.ok) throw new Error('the channels are not carried')
  expect(attached.warnings).toEqual([])
  return attached.value()
}

describe('channels of a worker', () => {
  test('C2.3 those that send commands are open under their ids', async () => {
    const channels = await opened([rest('a'), kafka('none'), kafka('b')], { rest: maker(), kafka: maker() })
    expect([...channels].map(([id, channel]) => [id, channel.id])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ])
  })

  test('C2.3 one that does not open closes the others, and its error is the answer', async () => {
    const closed: string[] = []
    const opening = opened([rest('a'), rest('broken'), rest('none'), rest('b')], { rest: maker(closed) })
    await expect(opening).rejects.toThrow('open broken')
    expect(closed).toEqual(['a', 'b'])
  })

  test('C2.3 a type that the worker lacks is a problem with its place, and nothing is opened', () => {
    const attached = attachChannels([rest('a'), kafka('b')], { rest: maker() }, simulatedRuntime())
    const [path, code] = ['communicationProtocols[1].type', 'channel.not-carried']
    expect(attached).toEqual({
      ok: false,
      problems: [{ code, path, found: '"kafka"', expected: 'what this worker carries: "rest"' }],
    })
  })

  test('C2.3 a worker without channels says that it carries none', () => {
    const attached = attachChannels([rest('a')], {}, simulatedRuntime())
    expect(attached).toMatchObject({ problems: [{ expected: 'what this worker carries: none' }] })
  })
})

describe('what a host cannot reach', () => {
  const PORT = 6_667
  const makers = { rest: maker(), kafka: maker() }
  const problemsOf = (host: object, settings: object) => {
    const attached = attachChannels([kafka('k'), rest('a', settings)], makers, Object.assign(simulatedRuntime(), host))
    return attached.ok ? [] : attached.problems
  }

  test('C2.8 a port that the host blocks is a problem; another port and another host are none', () => {
    const path = 'communicationProtocols[1].configurations.port'
    const expected = 'a port that deno can send to: it blocks those that browsers block'
    const host = { name: 'deno', blocksPorts: true }
    expect(problemsOf(host, { port: PORT })).toEqual([
      { code: 'port.unreachable', path, found: String(PORT), expected },
    ])
    expect(problemsOf(host, { port: 3_000 })).toEqual([])
    expect(problemsOf(host, {})).toEqual([])
    expect(problemsOf({ blocksPorts: false }, { port: PORT })).toEqual([])
  })

  test('C2.5a authorities are a problem where the host takes none, and none without them', () => {
    const path = 'communicationProtocols[1].configurations.ssl'
    const expected = 'no "ssl": workerd trusts its own authorities only'
    const host = { name: 'workerd', trusting: undefined }
    expect(problemsOf(host, { ssl: { ca: [] } })).toEqual([
      { code: 'ssl.unsupported', path, found: 'authorities', expected },
    ])
    expect(problemsOf(host, {})).toEqual([])
    expect(problemsOf({ trusting: () => undefined }, { ssl: { ca: [] } })).toEqual([])
  })
})

describe('sources of a worker', () => {
  const context = { runtime: simulatedRuntime(), metrics: {} as never, headers: {} as never }

  test('C2.5 those that take events are open; a channel whose type has none is passed over', async () => {
    const makers: SourceMakers = { kafka: maker() }
    const sources = await attachSources([rest('a'), kafka('none'), kafka('b')], makers, context)
    expect(sources.map(({ id }) => id)).toEqual(['b'])
  })

  test('C2.5 one that does not open closes the others', async () => {
    const closed: string[] = []
    const makers: SourceMakers = { kafka: maker(closed) }
    await expect(attachSources([kafka('broken'), kafka('b')], makers, context)).rejects.toThrow('open broken')
    expect(closed).toEqual(['b'])
  })
})

describe('the store of a worker', () => {
  const context = (host: object = {}) => {
    return { runtime: Object.assign(simulatedRuntime(), host), dataPath: '', passOver: () => undefined }
  }
  const make = (settings: object) => ({ settings }) as unknown as Persistency
  const makers: PersistencyMakers = { memory: make, sqlite: make, rest: make, ours: make }
  const attach = (configuration: StoreConfiguration | undefined, host: object = {}) =>
    attachPersistency(configuration, { makers, embedded: EMBEDDED }, context(host))

  test.each([
    ['none: the embedded one', undefined, EMBEDDED.configurations],
    ['a built-in one', MEMORY, {}],
    ['one of the host', { type: 'own', ownType: 'ours', configurations: { size: 3 } } as never, { size: 3 }],
  ])('C2.4 the file names %s, with its settings', async (_, configuration, settings) => {
    const attached = attach(configuration)
    expect(attached).toMatchObject({ ok: true, warnings: [] })
    expect(attached.ok && (await attached.value())).toEqual({ settings })
  })

  test('C2.4 a type that the worker lacks is a problem, with those that it carries', () => {
    const attached = attach({ type: 'mongo', configurations: {} } as never)
    const expected = 'what this worker carries: "memory", "sqlite", "rest", "ours"'
    const path = 'persistencyManagement.type'
    const code = 'store.not-carried'
    expect(attached).toEqual({ ok: false, problems: [{ code, path, found: '"mongo"', expected }] })
  })

  test('C2.8 a port that the host blocks is a problem of the store, too', () => {
    const store = { type: 'rest', configurations: { port: 6_667 } } as never
    expect(attach(store, { blocksPorts: true })).toMatchObject({
      ok: false,
      problems: [{ code: 'port.unreachable', path: 'persistencyManagement.configurations.port', found: '6667' }],
    })
    expect(attach(store)).toMatchObject({ ok: true })
  })
})
