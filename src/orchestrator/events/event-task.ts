import type { Saga, SagaEvent } from '../../engine/saga.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { Fields } from '../../ports/runtime.ts'

/** Meaning of an event that the state does not list (C2.5). */
export type UnexpectedEvents = 'ignore' | 'reject' | 'park'

/** One event to handle, with its deadline. */
export interface EventTask {
  readonly event: SagaEvent
  /** Monotonic. */
  readonly deadline: number
  readonly unexpectedEvents: UnexpectedEvents
  /** Of an event that the saga itself fires: on a head of which it does not hold, the event is void (P18). Default: it always holds. */
  readonly isWanted?: ((saga: Saga) => boolean) | undefined
  /** The newest head as far as the caller knows; it spares a read. Default: the remembered one. */
  readonly head?: Loaded | undefined
  /** Absent for a request, which its client repeats. */
  readonly source?: EventSource | undefined
}

/** The source of an event that no client repeats: the saga keeps what it cannot take (P10, P11). */
export interface EventSource {
  /** The source has a place for events that cannot be parked either; otherwise they become dead letters of the saga. */
  readonly hasDeadLetters: boolean
}

/** The request or the record of an event, for its log lines. */
export function sourceOf({ origin, requestId }: SagaEvent): Fields {
  return { ...(origin !== undefined && { origin }), ...(requestId !== undefined && { reqId: requestId }) }
}
