import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { startService } from '../../../src/start.ts'
import type { Source } from '../../../src/ports/source.ts'
import type { Host } from '../../../src/service.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { fakeRuntime } from '../../fakes/runtime.ts'

const KAFKA = readFileSync(new URL('../../fixtures/reservation.kafka-crud.saga.json', import.meta.url), 'utf8')

function host(variables: Host['variables']): Host {
  return {
    variables,
    runtime: () => fakeRuntime(),
    metrics: fakeMetrics(),
    channels: {},
    persistencies: { memory: () => memoryPersistency() },
    embedded: { type: 'memory', configurations: {} },
  }
}

test('C1.2 what a worker does not carry is refused, both sections at once, naming path, found and available', async () => {
  const starting = startService(host({ CONFIGURATION: KAFKA }))
  await expect(starting).rejects.toMatchObject({
    code: 'configuration-invalid',
    retryable: false,
    message: [
      'read the configuration: 2 problems',
      '  communicationProtocols[0].type: found "kafka", expected what this worker carries: none',
      '  persistencyManagement.type: found "crud", expected what this worker carries: "memory"',
    ].join('\n'),
  })
})

test('C1.4 a host without files refuses a path and says what to set', async () => {
  const starting = startService(host({ CONFIGURATIONS_FILE_PATH: '/etc/saga.json' }))
  await expect(starting).rejects.toThrow(/CONFIGURATIONS_FILE_PATH: found "\/etc\/saga.json", expected CONFIGURATION/)
})

test('C1.3 C4.6 who is to stop takes no more events, although a request does not end', async () => {
  const closed = Promise.withResolvers<void>()
  const source: Source = {
    id: 'kafkaChannel',
    hasBegun: async () => false,
    alive: () => ({ ok: true }),
    probe: async () => ({ ok: true }),
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
