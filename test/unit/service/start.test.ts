import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { startService } from '../../../src/start.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import type { Source } from '../../../src/ports/source.ts'
import type { Host } from '../../../src/service.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import type { LogLine } from '../../../testing/simulation/simulated-runtime.ts'

const TUTORIAL = readFileSync(new URL('../../fixtures/reservation.kafka-crud.saga.json', import.meta.url), 'utf8')
const KAFKA = TUTORIAL.replace('KAFKA SERVER ENDPOINT URL', 'kafka:9092')

function host(variables: Host['variables']): Host {
  return {
    variables,
    runtime: () => simulatedRuntime(),
    metrics: fakeMetrics(),
    channels: {},
    persistencies: { memory: () => memoryPersistency() },
    embedded: { type: 'memory', configurations: {} },
  }
}

function sourceThat(begun: boolean | undefined): Source {
  return {
    id: 'kafkaChannel',
    hasBegun: async () => begun,
    alive: () => ({ ok: true }),
    probe: async () => ({ ok: true }),
    assignments: 0,
    caughtUp: async () => undefined,
    run: async () => undefined,
    close: async () => undefined,
  }
}

test('C1.2 what a worker does not carry is refused, both sections at once, naming path, found and available', async () => {
  const starting = startService(host({ CONFIGURATION: KAFKA }))
  await expect(starting).rejects.toMatchObject({
    code: 'configuration-invalid',
    retryable: false,
    message: [
      'read the configuration: 2 problems',
      '  communicationProtocols[0].type (90:15): found "kafka", expected what this worker carries: none',
      '  persistencyManagement.type (114:13): found "crud", expected what this worker carries: "memory"',
    ].join('\n'),
  })
})

test('C1.4 a host without files refuses a path and says what to set', async () => {
  const starting = startService(host({ CONFIGURATIONS_FILE_PATH: '/etc/saga.json' }))
  await expect(starting).rejects.toThrow(/CONFIGURATIONS_FILE_PATH: found "\/etc\/saga.json", expected CONFIGURATION/)
})

describe('P22 a store that is this process alone, of events that were acknowledged before', () => {
  /** Starts on a store that is as the test says; answers what became of it. */
  async function start(
    store: Persistency,
    variables: Host['variables'] = {},
    begun: () => boolean | undefined = () => true,
  ): Promise<string> {
    const configuration = { ...(JSON.parse(KAFKA) as object), persistencyManagement: { type: 'memory' } }
    const starting = startService({
      ...host({ CONFIGURATION: JSON.stringify(configuration), ...variables }),
      channels: { kafka: async () => undefined },
      sources: { kafka: async () => sourceThat(begun()) },
      persistencies: { memory: () => store },
    })
    return starting.then(
      ({ stop }) => stop(1_000).then(() => 'started'),
      ({ code }: { code: string }) => code,
    )
  }

  /** An empty one that remembers. */
  function empty() {
    const store = memoryPersistency()
    const mark = { isAdopted: false }
    const adoption = {
      isAdopted: async () => mark.isAdopted,
      adopt: async () => void (mark.isAdopted = true),
    }
    return { mark, store: { ...storeOf(store), can: { ...store.can, adoption } } satisfies Persistency }
  }

  test('is refused where it is new: it has lost their sagas. It is none the less new the next time', async () => {
    const { store, mark } = empty()
    expect(await start(store)).toBe('source-refused')
    expect(mark.isAdopted).toBe(false)
  })

  test('may be empty where it was in use: none was created yet, or the last one was taken away', async () => {
    const { store, mark } = empty()
    expect(await start(store, {}, () => false)).toBe('started')
    expect([mark.isAdopted, await start(store)]).toEqual([true, 'started'])
  })

  test('is asked about again where the brokers could not be asked: it stays new', async () => {
    const { store, mark } = empty()
    expect(await start(store, {}, () => undefined)).toBe('started')
    expect([mark.isAdopted, await start(store)]).toEqual([false, 'source-refused'])
  })

  test('may be new where somebody says so, and is not the next time', async () => {
    const { store } = empty()
    expect(await start(store, { ALLOW_EMPTY_STORE: 'true' })).toBe('started')
    expect(await start(store)).toBe('started')
  })
})

describe('P22 a store that is shared, of events that were acknowledged before', () => {
  /** Starts a service; returns the warnings that it logged. */
  async function warned(store: Persistency, variables: Host['variables'] = {}): Promise<readonly LogLine[]> {
    const runtime = simulatedRuntime()
    const configuration = { ...(JSON.parse(KAFKA) as object), persistencyManagement: { type: 'memory' } }
    const { stop } = await startService({
      ...host({ CONFIGURATION: JSON.stringify(configuration), ...variables }),
      runtime: () => runtime,
      channels: { kafka: async () => undefined },
      sources: { kafka: async () => sourceThat(true) },
      persistencies: { memory: () => store },
    })
    await new Promise(setImmediate)
    await stop(1_000)
    return runtime.logged.filter(({ level }) => level === 'warn')
  }

  const shared = (store: Persistency, can: Partial<Persistency['can']> = {}): Persistency => ({
    ...storeOf(store),
    can: { ...store.can, shared: true, ...can },
  })

  test('starts where it is empty, and says so: it may be the wrong one', async () => {
    expect(await warned(shared(memoryPersistency()))).toEqual([
      expect.objectContaining({ code: 'store.empty', fields: { store: 'memory', sources: ['kafkaChannel'] } }),
    ])
  })

  test.each<[string, () => Persistency, Host['variables']]>([
    ['somebody expects it', () => shared(memoryPersistency()), { ALLOW_EMPTY_STORE: 'true' }],
    ['it cannot list', () => shared(memoryPersistency(), { list: false }), {}],
    ['it is away', () => shared(memoryPersistency(), { list: { page: () => Promise.reject(new Error('away')) } }), {}],
  ])('nothing is said where %s', async (_, store, variables) => {
    expect(await warned(store(), variables)).toEqual([])
  })
})

test('C1.3 C4.6 who is to stop takes no more events, although a request does not end', async () => {
  const closed = Promise.withResolvers<void>()
  const source: Source = {
    id: 'kafkaChannel',
    hasBegun: async () => false,
    alive: () => ({ ok: true }),
    probe: async () => ({ ok: true }),
    assignments: 0,
    caughtUp: async () => undefined,
    run: () => closed.promise,
    close: async () => closed.resolve(),
  }
  const configuration = { ...(JSON.parse(KAFKA) as object), persistencyManagement: { type: 'memory' } }
  const requests = Promise.withResolvers<void>()
  const { run, stop } = await startService({
    ...host({ CONFIGURATION: JSON.stringify(configuration) }),
    channels: { kafka: async () => undefined },
    sources: { kafka: async () => source },
  })
  const running = run()
  let hasStopped = false
  const stopping = stop(10_000, requests.promise).then(() => (hasStopped = true))
  await running
  await new Promise(setImmediate)
  expect(hasStopped).toBe(false)
  requests.resolve()
  await stopping
})

test('I9 stopping ends in time although requests and the store hang', async () => {
  const runtime = simulatedRuntime()
  const close = () => new Promise<void>(() => undefined)
  const persistencies: Host['persistencies'] = { memory: () => Object.assign(memoryPersistency(), { close }) }
  const configuration = { ...(JSON.parse(KAFKA) as object), persistencyManagement: { type: 'memory' } }
  const { stop } = await startService({
    ...host({ CONFIGURATION: JSON.stringify(configuration) }),
    runtime: () => runtime,
    channels: { kafka: async () => undefined },
    persistencies,
  })
  let hasStopped = false
  const stopping = stop(10_000, new Promise(() => undefined)).then(() => (hasStopped = true))
  await runtime.advance(9_900)
  expect(hasStopped).toBe(false)
  await runtime.advance(100)
  expect(hasStopped).toBe(true)
  await stopping
})

/** Its methods, without what it says of itself; it outlives its closing. */
function storeOf(store: Persistency): Omit<Persistency, 'can'> {
  return {
    name: store.name,
    load: (id) => store.load(id),
    save: (...given) => store.save(...given),
    applied: (...given) => store.applied(...given),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: async () => undefined,
  }
}
