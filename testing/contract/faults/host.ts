import type { SagaId } from '../../../src/engine/saga.ts'
import type { Created, Outcome } from '../../../src/orchestrator/corridor.ts'
import { assemble } from '../../../src/orchestrator/assemble.ts'
import type { Orchestrator } from '../../../src/orchestrator/orchestrator.ts'
import type { Channel } from '../../../src/ports/channel.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import type { Runtime } from '../../../src/ports/runtime.ts'
import { MACHINE } from '../build.ts'

/** All participants in one: accepts every command and counts them by id. */
export class Participants {
  readonly #heard = new Map<string, number>()

  /** Commands of a saga by id, with their counts. */
  of(saga: SagaId): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#heard].filter(([id]) => id.startsWith(`${saga}/`)))
  }

  channel(id: string): Channel {
    return {
      id,
      timeout: 1_000,
      send: async (command) => {
        this.#heard.set(command.id, (this.#heard.get(command.id) ?? 0) + 1)
        return { kind: 'delivered' }
      },
      probe: async () => ({ ok: true }),
      close: async () => undefined,
    }
  }
}

/** The orchestrator of one process, in real time, and its clients. */
export class Process {
  readonly #orchestrator: Orchestrator
  readonly #insists: boolean

  constructor(persistency: Persistency, participants: Participants) {
    const channels = new Map(['warehouse', 'bank'].map((id) => [id, participants.channel(id)]))
    const host = { runtime: RUNTIME, metrics: METRICS, unexpectedEvents: 'ignore' } as const
    this.#orchestrator = assemble({ ...host, machine: MACHINE, persistency, channels })
    this.#insists = persistency.can.recovery.by === 'redelivery'
    this.#orchestrator.start()
  }

  create(id: SagaId): Promise<Created['kind']> {
    return this.#answer(() => this.#orchestrator.create({ id, entity: 'e', metadata: { n: 1 }, key: `key/${id}` }))
  }

  tell(sagaId: SagaId, id: string, label = 'asked again'): Promise<Outcome['kind']> {
    return this.#answer(() => this.#orchestrator.handle({ id, sagaId, label, payload: { last: id } }))
  }

  stop(): Promise<void> {
    return this.#orchestrator.stop(5_000)
  }

  /** Where recovery is by redelivery, a client without an answer sends again (P17). */
  async #answer<T extends Created | Outcome>(ask: () => Promise<T>): Promise<T['kind']> {
    for (;;) {
      const { kind } = await ask()
      if (kind !== 'unavailable' || !this.#insists) return kind
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const ignore = (): void => undefined

const RUNTIME: Runtime = {
  name: 'suite',
  mayVanish: false,
  blocksPorts: false,
  wallClock: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  after(wait, run) {
    const timer = setTimeout(run, wait)
    return () => clearTimeout(timer)
  },
  every(interval, run) {
    const timer = setInterval(run, interval)
    return () => clearInterval(timer)
  },
  waitUntil: ignore,
  fetch: () => Promise.reject(new Error('the suite has no network')),
  log: { write: ignore, writes: () => false },
}

/** Metrics that nothing reads. */
export const METRICS: Metrics = {
  request: ignore,
  entered: ignore,
  event: ignore,
  creation: ignore,
  prepare: ignore,
  step: ignore,
  saved: ignore,
  sent: ignore,
  retried: ignore,
  gaveUp: ignore,
  readChannels: ignore,
  refused: ignore,
  readRequests: ignore,
  lag: ignore,
  progressAge: ignore,
  dueTimers: ignore,
  waiting: ignore,
  watching: ignore,
  bulkItem: ignore,
  openOperations: ignore,
  stored: ignore,
  count: ignore,
  unknownReferences: ignore,
  text: async () => '',
}
