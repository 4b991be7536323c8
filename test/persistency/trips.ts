import { readFileSync } from 'node:fs'
import { expect, onTestFinished } from 'vitest'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { mergeFirstLevel } from '../../src/engine/merge.ts'
import { compile } from '../../src/machine/compile.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { assemble } from '../../src/orchestrator/assemble.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { fresh } from '../../testing/contract/build.ts'
import { DELIVERED, fakeChannel } from '../fakes/channel.ts'
import { fakeMetrics } from '../fakes/metrics.ts'
import { startCountingProxy } from '../services/counting-proxy.ts'
import type { CountingProxy } from '../services/counting-proxy.ts'

const FILE = new URL('../../examples/reservation/saga.json', import.meta.url)
const { machineDefinition } = JSON.parse(readFileSync(FILE, 'utf8')) as { machineDefinition: MachineDefinition }
const EVENTS = ['validationOK', 'checkOK'] as const

/** An orchestrator over a store; its participant accepts every command at once. It stops at the end of its test. */
export function conducted(persistency: Persistency): Orchestrator {
  const channel = fakeChannel('reservations')
  channel.always(DELIVERED)
  const orchestrator = assemble({
    machine: compile(machineDefinition, { merge: mergeFirstLevel, leaseOf: () => 15_000 }),
    persistency,
    channels: new Map([[channel.id, channel]]),
    runtime: nodeRuntime('silent'),
    metrics: fakeMetrics(),
    unexpectedEvents: 'ignore',
  })
  onTestFinished(() => orchestrator.stop(0))
  return orchestrator
}

/** A proxy that is closed at the end of its test. */
export async function countingProxy(...given: Parameters<typeof startCountingProxy>): Promise<CountingProxy> {
  const proxy = await startCountingProxy(...given)
  onTestFinished(() => proxy.close())
  return proxy
}

/** Round trips of a creation and of each event, of a saga that is not the first of its process. */
export async function tripsOfSaga(persistency: Persistency, proxy: CountingProxy): Promise<readonly number[]> {
  const orchestrator = conducted(persistency)
  await led(orchestrator, () => 0) // connections stand and scripts are known
  proxy.trips()
  return led(orchestrator, () => proxy.trips())
}

async function led(orchestrator: Orchestrator, trips: () => number): Promise<number[]> {
  const sagaId = fresh('saga')
  expect(await orchestrator.create({ id: sagaId, entity: 'e', metadata: {} })).toEqual({ kind: 'created', sagaId })
  const counted = [trips()]
  for (const label of EVENTS) {
    expect(await orchestrator.handle({ id: label, sagaId, label, payload: { at: label } })).toMatchObject({
      kind: 'moved',
    })
    counted.push(trips())
  }
  return counted
}

/** Round trips of one event of each of many sagas at once. */
export async function tripsAtOnce(persistency: Persistency, proxy: CountingProxy, many: number): Promise<number> {
  const orchestrator = conducted(persistency)
  await led(orchestrator, () => 0)
  const ids = Array.from({ length: many }, () => fresh('saga'))
  await Promise.all(ids.map((id) => orchestrator.create({ id, entity: 'e', metadata: {} })))
  proxy.trips()
  const [label] = EVENTS
  const told = await Promise.all(ids.map((sagaId) => orchestrator.handle({ id: label, sagaId, label, payload: {} })))
  expect(told.filter(({ kind }) => kind !== 'moved')).toEqual([])
  return proxy.trips()
}
