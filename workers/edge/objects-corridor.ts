import { DEFAULTS } from '../../src/defaults.ts'
import type { SagaId } from '../../src/engine/saga.ts'
import { reasonOf } from '../../src/errors.ts'
import { backoff } from '../../src/orchestrator/backoff.ts'
import type { Corridor, EndRequest } from '../../src/orchestrator/corridor.ts'
import type { Unavailable } from '../../src/orchestrator/undone.ts'
import type { Watched, WatchRequest } from '../../src/orchestrator/watching/watched.ts'
import { kindOfReason } from '../../src/orchestrator/incidents.ts'
import type { Incidents } from '../../src/orchestrator/incidents.ts'
import type { Runtime } from '../../src/ports/runtime.ts'

/** Methods of the corridor that run in a saga's object as calls. Lists and counts run in none, and a stream is fetched. */
export type RemoteMethod = Exclude<keyof Corridor, 'list' | 'count' | 'watch' | 'watchAll'>

const REMOTE_METHODS: Readonly<Record<RemoteMethod, true>> = {
  create: true,
  handle: true,
  document: true,
  awaitEnd: true,
  operate: true,
}

/** Those after which commands may leave. */
const SENDING: ReadonlySet<RemoteMethod> = new Set(['create', 'handle', 'operate'])

/** True if a name is one of these methods. The orchestrator of an object has others, such as `stop`, which stay its own. */
export function isRemoteMethod(name: string): name is RemoteMethod {
  return Object.hasOwn(REMOTE_METHODS, name)
}

/** A saga's object as the Worker calls it. */
export interface RemoteSaga {
  /**
   * Calls a method of the corridor in the object. Argument and answer are JSON texts; an answer of `undefined` has none. Copied
   * as text, every key, every depth and every half of a surrogate pair arrives as it was sent. `paused`: the paused channels, as the
   * Worker knows them.
   */
  invoke(method: RemoteMethod, argument: string, paused?: readonly string[]): Promise<string | undefined>
  /** Answers a `WatchRequest` as JSON: with the bytes of the stream, or the JSON of why there is none. */
  fetch(request: Request): Promise<Response>
}

/** The object of a saga. */
export type FindObject = (id: SagaId) => RemoteSaga

/** Runs a call where its object can be woken; `undefined` where no further object can. */
export type AdmitCall = <T>(call: () => Promise<T>) => Promise<{ readonly value: T } | undefined>

/** The type of an object's answer that is a stream. */
export const STREAM_TYPE = 'text/event-stream'

const NO_FEED =
  'each saga of this service lives in an object of its own, so no place sees the steps of all. Watch one saga by GET /sagas/{sagaId}/watch; GET /-/metrics counts the passages'

const ALWAYS: AdmitCall = async (call) => ({ value: await call() })

/** Not reported for each call: `DescriptorBudget` logs it. */
const FULL = new Error("wake a saga's object: too many are awake")

/** Attempts to call an object that restarts, before the client gets 503. */
const ATTEMPTS = 4

/** Options of `objectsCorridor`. */
export interface ObjectsOptions {
  readonly runtime: Runtime
  readonly incidents: Incidents
  readonly admit?: AdmitCall | undefined
  /** The paused channels, asked for before a call that may send. */
  readonly paused?: (() => Promise<readonly string[]>) | undefined
}

/** The corridor as the Worker sees it: each saga's corridor runs in the object named by its id (P19). */
export function objectsCorridor(find: FindObject, options: ObjectsOptions): Corridor {
  const { runtime, incidents, admit = ALWAYS, paused: pausedNow } = options

  /** A repeated call has the same effect, since the ids are made before (P6, P8). An overloaded object is not called again. */
  async function ask<M extends RemoteMethod>(
    method: M,
    id: SagaId,
    argument: Parameters<Corridor[M]>[0],
  ): Promise<Awaited<ReturnType<Corridor[M]>>> {
    const text = JSON.stringify(argument)
    const paused = SENDING.has(method) ? await pausedNow?.() : undefined
    for (let attempt = 0; ; attempt++) {
      try {
        const admitted = await admit(() => find(id).invoke(method, text, paused))
        if (admitted === undefined) throw FULL
        return (admitted.value && JSON.parse(admitted.value)) as Awaited<ReturnType<Corridor[M]>>
      } catch (thrown) {
        if (!isRestarting(thrown) || attempt + 1 === ATTEMPTS) throw thrown
        await backoff(runtime, attempt)
      }
    }
  }

  /** An object does not learn that a client goes away, so each call waits for a part of the time. */
  async function awaitInParts({ id, within }: EndRequest, gone: AbortSignal | undefined): Promise<boolean> {
    const until = runtime.monotonic() + within
    for (let left = within; left > 0 && gone?.aborted !== true; left = until - runtime.monotonic()) {
      if (await ask('awaitEnd', id, { id, within: Math.min(left, DEFAULTS.remoteWait) })) return true
    }
    return false
  }

  /** The stream ends with the client: the platform cancels it in the object. An object that restarts is left to the client. */
  async function fetchStream(request: WatchRequest): Promise<Watched> {
    const body = JSON.stringify(request)
    const admitted = await admit(() =>
      find(request.id).fetch(new Request('http://saga/watch', { method: 'POST', body })),
    )
    if (admitted === undefined) throw FULL
    const { value } = admitted
    if (value.headers.get('content-type') === STREAM_TYPE && value.body !== null)
      return { kind: 'open', body: value.body }
    return (await value.json()) as Watched
  }

  const unavailable = (thrown: unknown): Unavailable => {
    if (thrown !== FULL) {
      const why = reasonOf(thrown)
      incidents.report({ code: 'object.unreachable', group: 'objects', kind: kindOfReason(why), fields: { why } })
    }
    return { kind: 'unavailable', why: "the saga's object did not answer" }
  }

  return {
    create: (request) => ask('create', request.id, request).catch(unavailable),
    handle: (event) => ask('handle', event.sagaId, event).catch(unavailable),
    document: (id) => ask('document', id, id),
    operate: (operation) => ask('operate', operation.sagaId, operation).catch(unavailable),
    watch: (request) => fetchStream(request).catch(unavailable),
    watchAll: async () => ({ kind: 'not-here', why: NO_FEED }),
    list: async () => false,
    count: async () => false,
    awaitEnd: (request, gone) => awaitInParts(request, gone).catch(() => true), // the document that is read next says why
  }
}

/** True if the platform says that the object was moved, updated or crashed. */
export function isRestarting(thrown: unknown): boolean {
  const { retryable, overloaded } = thrown as { readonly retryable?: unknown; readonly overloaded?: unknown }
  return retryable === true && overloaded !== true
}
