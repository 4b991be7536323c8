import type { SagaDocument } from '../../src/codec/document.ts'
import type { SagaEvent } from '../../src/engine/saga.ts'
import { reasonOf } from '../../src/errors.ts'
import type {
  Corridor,
  Created,
  Damaged,
  CreateRequest,
  Outcome,
  Unavailable,
} from '../../src/orchestrator/corridor.ts'
import { backoff } from '../../src/orchestrator/backoff.ts'
import { kindOfReason } from '../../src/orchestrator/incidents.ts'
import type { Incidents } from '../../src/orchestrator/incidents.ts'
import type { Runtime } from '../../src/ports/runtime.ts'

/**
 * A saga's object as it is called from outside. Everything passes as JSON text: it came in as JSON, and as such every key,
 * every depth and every half of a surrogate pair survives whatever copies it on the way.
 */
export interface RemoteSaga {
  /** An `CreateRequest` → a `Created`. */
  create(order: string): Promise<string>
  /** A `SagaEvent` → an `Outcome`. */
  handle(event: string): Promise<string>
  /** The document of this saga; `undefined` where there is none. */
  document(id: string): Promise<string | undefined>
}

export type Find = (id: string) => RemoteSaga

/** Runs a call where there is room to wake its object; `undefined`: there is none. */
export type Admit = <T>(call: () => Promise<T>) => Promise<{ readonly value: T } | undefined>

const ALWAYS: Admit = async (call) => ({ value: await call() })

/** Not logged for each call: the room says when it is full. */
const FULL = new Error("wake a saga's object: too many are awake")

/** Calls of an object that was restarted meanwhile, before the caller is told to come back. */
const TRIES = 4

/** How calls of objects are let in, and what is told once of those that fail. */
export interface ObjectsOptions {
  readonly runtime: Runtime
  readonly incidents: Incidents
  readonly admit?: Admit | undefined
}

/** The corridor as the Worker sees it: each saga's is in the object named by its id (P19). */
export function objectsCorridor(find: Find, { runtime, incidents, admit = ALWAYS }: ObjectsOptions): Corridor {
  /** The same call again has the same effect: ids are made before (P6, P8). An overloaded object is left in peace. */
  async function call<T>(id: string, ask: (saga: RemoteSaga) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const admitted = await admit(() => ask(find(id)))
        if (admitted === undefined) throw FULL
        return admitted.value
      } catch (thrown) {
        if (!isRestarting(thrown) || attempt + 1 === TRIES) throw thrown
        await backoff(runtime, attempt)
      }
    }
  }

  const unavailable = (thrown: unknown): Unavailable => {
    if (thrown !== FULL) {
      const why = reasonOf(thrown)
      incidents.report({ code: 'object.unreachable', group: 'objects', kind: kindOfReason(why), fields: { why } })
    }
    return { kind: 'unavailable', why: "the saga's object did not answer" }
  }

  return {
    create: (order: CreateRequest) =>
      call(order.id, async (saga) => JSON.parse(await saga.create(JSON.stringify(order))) as Created).catch(
        unavailable,
      ),
    handle: (event: SagaEvent) =>
      call(event.sagaId, async (saga) => JSON.parse(await saga.handle(JSON.stringify(event))) as Outcome).catch(
        unavailable,
      ),
    async document(id) {
      const text = await call(id, (saga) => saga.document(id))
      return text === undefined ? undefined : (JSON.parse(text) as SagaDocument | Damaged)
    },
    list: async () => false,
  }
}

/** What the platform says of an object that was moved, updated or crashed. */
function isRestarting(thrown: unknown): boolean {
  const { retryable, overloaded } = thrown as { readonly retryable?: unknown; readonly overloaded?: unknown }
  return retryable === true && overloaded !== true
}
