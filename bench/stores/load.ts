import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { prometheusMetrics } from '../../adapters/metrics/prometheus.ts'
import type { Change } from '../../src/engine/change.ts'
import type { Saga } from '../../src/engine/saga.ts'
import { mergeFirstLevel } from '../../src/engine/merge.ts'
import { compile } from '../../src/machine/compile.ts'
import { assemble } from '../../src/orchestrator/assemble.ts'
import type { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import type { Channel } from '../../src/ports/channel.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import { readExample } from '../../testing/load/example.ts'

/** The events of a saga after its creation. The last step owes no command, so that no settlement follows. */
const EVENTS = [
  { label: 'validationOK', payload: { price: 50 } },
  { label: 'checkOK', payload: { table: 4 } },
] as const
export const EVENTS_OF_SAGA: number = EVENTS.length

const MACHINE = compile(readExample().machineDefinition, { merge: mergeFirstLevel, leaseOf: () => 15_000 })

/** Ids of the length of Batuta's own. */
export function sagaId(number: number): string {
  return (number * 2_654_435_761).toString(16).padStart(32, '0')
}

/** An orchestrator over a store; its participant accepts every command at once. */
export function conduct(persistency: Persistency, runtime: Runtime): Orchestrator {
  return assemble({
    machine: MACHINE,
    persistency,
    channels: new Map([[PARTICIPANT.id, PARTICIPANT]]),
    runtime,
    metrics: prometheusMetrics(),
    unexpectedEvents: 'ignore',
  })
}

const PARTICIPANT: Channel = {
  id: 'reservations',
  timeout: 10_000,
  send: async () => ({ kind: 'delivered' }),
  probe: async () => ({ ok: true }),
  close: async () => undefined,
}

export async function createSaga(orchestrator: Orchestrator, id: string): Promise<void> {
  const metadata = { reservation: 17, guests: 2, name: 'Ada Lovelace' }
  const { kind } = await orchestrator.create({ id, entity: 'reservation-17', metadata })
  if (kind !== 'created') throw new Error(`create the saga "${id}": expected created, found ${kind}`)
}

/** Handles all events of a saga, one after the other; calls `done` after each. */
export async function lead(orchestrator: Orchestrator, sagaId: string, done: () => void): Promise<void> {
  for (const { label, payload } of EVENTS) {
    const { kind } = await orchestrator.handle({ id: `key/${label}-${sagaId}`, sagaId, label, payload })
    if (kind !== 'moved') throw new Error(`move the saga "${sagaId}": expected moved, found ${kind}`)
    done()
  }
}

const DAY = 86_400_000

/** The arguments of one save. */
export interface Recorded {
  readonly change: Change
  readonly next: Saga
}

/** Records the saves of one saga, creation first. The bare writes are made of them. */
export async function recordSaga(runtime: Runtime): Promise<readonly Recorded[]> {
  const store = memoryPersistency()
  const recorded: Recorded[] = []
  const recording: Persistency = {
    name: store.name,
    can: store.can,
    load: (id) => store.load(id),
    applied: (id, event, label) => store.applied(id, event, label),
    document: (id) => store.document(id),
    probe: () => store.probe(),
    close: () => store.close(),
    save(change, next, basis) {
      recorded.push({ change, next })
      return store.save(change, next, basis)
    },
  }
  // Due tomorrow, so that the sweep of the store that is measured beside the bare writes does not claim it.
  const orchestrator = conduct(recording, { ...runtime, wallClock: () => runtime.wallClock() + DAY })
  await createSaga(orchestrator, sagaId(1))
  await lead(orchestrator, sagaId(1), () => undefined)
  await orchestrator.stop(0)
  if (recorded.length !== EVENTS.length + 1) throw new Error('record a saga: expected a write an event')
  return recorded
}
