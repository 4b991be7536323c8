import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { memoryPersistency } from '../../../adapters/persistency/memory.ts'
import { startService } from '../../../src/start.ts'
import type { Host } from '../../../src/service.ts'
import { edgeHost, prepareEdge } from '../../../workers/edge/prepare-edge.ts'
import { sharedStores } from '../../../workers/shared-stores.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const FILE = new URL('../../../examples/reservation/saga.json', import.meta.url)
const { machineDefinition } = JSON.parse(readFileSync(FILE, 'utf8')) as { machineDefinition: unknown }
const { states, ...others } = machineDefinition as { states: Record<string, unknown>[] }
/** Without commands, so that no channel is needed. */
const silent = {
  ...others,
  states: states.map((state) => ({ ...state, outputCommand: undefined, sideEffects: undefined })),
}

const STORES = {
  crud: { type: 'crud', configurations: { collectionName: 'sagas' } },
  rest: { type: 'rest', configurations: { protocol: 'http', endpoint: 'localhost', method: 'PUT' } },
  'durable-object': { type: 'durable-object' },
}

function variables(store: keyof typeof STORES): Host['variables'] {
  const CONFIGURATION = JSON.stringify({
    machineDefinition: silent,
    communicationProtocols: [],
    persistencyManagement: STORES[store],
    settings: { retention: { final: 'P1D' } },
  })
  return { CONFIGURATION }
}

const refusal = (store: string) => ({
  code: 'configuration-invalid',
  message: expect.stringMatching(
    new RegExp(
      String.raw`settings\.retention\.final \(1:\d+\): found a duration, expected none: .* from the store "${store}"`,
    ),
  ),
})

test.each(['crud', 'rest'] as const)('C2.5a a process refuses a retention over %s', async (store) => {
  const starting = startService({
    variables: variables(store),
    runtime: () => simulatedRuntime(),
    metrics: fakeMetrics(),
    channels: {},
    persistencies: { ...sharedStores, memory: () => memoryPersistency() },
    embedded: { type: 'memory', configurations: {} },
  })
  await expect(starting).rejects.toMatchObject(refusal(store))
})

test.each(['crud', 'rest', 'durable-object'] as const)('C2.5a the edge refuses a retention over %s', async (store) => {
  await expect(prepareEdge(edgeHost(variables(store)))).rejects.toMatchObject(refusal(store))
})
