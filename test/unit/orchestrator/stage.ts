import { readFileSync } from 'node:fs'
import type { ParkingBounds, SagaEvent } from '../../../src/engine/saga.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { Merge } from '../../../src/machine/compile.ts'
import type { CommandHook } from '../../../src/machine/hook.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { assemble } from '../../../src/orchestrator/assemble.ts'
import type { Source } from '../../../src/ports/source.ts'
import type { Orchestrator } from '../../../src/orchestrator/orchestrator.ts'
import { leaseOf } from '../../../src/orchestrator/sending/debt-leases.ts'
import type { Outcome } from '../../../src/orchestrator/corridor.ts'
import { fakeChannel, type FakeChannel } from '../../fakes/channel.ts'
import { fakeMetrics, type FakeMetrics } from '../../fakes/metrics.ts'
import { simulatedRuntime, type SimulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { fakeStore, type FakeStore } from '../../fakes/store.ts'

const FILE = new URL('../../../examples/reservation/saga.json', import.meta.url)
const RESERVATION = (JSON.parse(readFileSync(FILE, 'utf8')) as { machineDefinition: MachineDefinition })
  .machineDefinition

/** A real orchestrator over a fake store, fake channels and a simulated runtime. */
export interface Stage {
  readonly orchestrator: Orchestrator
  readonly store: FakeStore
  readonly channel: FakeChannel
  /** Channel of another participant; the reservation machine does not use it. */
  readonly other: FakeChannel
  readonly runtime: SimulatedRuntime
  readonly metrics: FakeMetrics
  readonly create: (id?: string) => Promise<void>
  /** Creates sagas beside each other, and lets time pass once for all of them. */
  readonly createAll: (ids: readonly string[]) => Promise<void>
  /** Hands an event in, and lets time pass until its answer. */
  readonly tell: (label: string, id?: string, sagaId?: string) => Promise<Outcome>
  readonly settle: () => Promise<void>
  /** Stops at once; sends under way are left. */
  readonly stop: () => Promise<void>
}

export interface StageOptions {
  readonly store?: FakeStore
  readonly runtime?: SimulatedRuntime
  readonly channel?: FakeChannel
  readonly other?: FakeChannel
  readonly unexpectedEvents?: 'ignore' | 'reject' | 'park'
  readonly definition?: MachineDefinition
  readonly retention?: number
  readonly maxSagaSize?: number
  readonly parking?: ParkingBounds
  readonly movedStates?: Readonly<Record<string, string>>
  /** Functions of the definition's command hooks, by their content. */
  readonly hooks?: Readonly<Record<string, CommandHook>>
  readonly merge?: Merge
  /** Sources for which the events of timers wait after a start. */
  readonly sources?: readonly Source[]
}

export function stage(options: StageOptions = {}): Stage {
  const { store = fakeStore(), runtime = simulatedRuntime(), channel = fakeChannel('reservations') } = options
  const metrics = fakeMetrics()
  const other = options.other ?? fakeChannel('other')
  const channels = new Map([channel, other].map((one) => [one.id, one]))
  const machine = compile(options.definition ?? RESERVATION, {
    merge: options.merge ?? mergeFirstLevel,
    leaseOf: (id) => leaseOf(channels.get(id)),
    hookOf: ({ content }) => options.hooks?.[content],
    movedStates: options.movedStates,
  })
  const { unexpectedEvents = 'ignore', retention, maxSagaSize, parking, sources } = options
  const parts = { machine, persistency: store, channels, runtime, metrics, sources }
  const orchestrator = assemble({ ...parts, unexpectedEvents, retention, maxSagaSize, parking })

  const begin = async (id: string): Promise<void> => {
    const created = await orchestrator.create({ id, entity: 'e', metadata: { n: 0 } })
    if (created.kind !== 'created') throw new Error(`create a saga: ${created.kind}`)
  }

  return {
    orchestrator,
    store,
    channel,
    other,
    runtime,
    metrics,
    settle: () => runtime.advance(0),
    stop: () => passing(runtime, orchestrator.stop(0)),
    create: (id = 's1') => passing(runtime, begin(id)),
    createAll: async (ids) => void (await passing(runtime, Promise.all(ids.map(begin)))),
    tell: (label, id = `key/${label}`, sagaId = 's1') => {
      const event: SagaEvent = { id, sagaId, label, payload: { [label]: true } }
      return passing(runtime, orchestrator.handle(event))
    },
  }
}

/** Lets time pass, at most a minute, until the work has ended. */
export async function passing<T>(runtime: SimulatedRuntime, work: Promise<T>): Promise<T> {
  let done = false
  const marked = work.finally(() => (done = true))
  marked.catch(() => undefined)
  for (let at = 0; at < 6_000 && !done; at++) await runtime.advance(at === 0 ? 0 : 10)
  return marked
}
