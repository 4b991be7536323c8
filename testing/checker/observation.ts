import type { Change } from '../../src/engine/change.ts'
import type { Command, Instant, Saga, SagaEvent, SagaId } from '../../src/engine/saga.ts'
import type { Created, CreateRequest, Outcome } from '../../src/orchestrator/corridor.ts'
import type {
  BulkCancellation,
  BulkItem,
  BulkOperation,
  BulkRequest,
} from '../../src/orchestrator/bulk/bulk-operation.ts'
import type { BulkBegun, BulkCancelled } from '../../src/orchestrator/bulk/bulk-operations.ts'
import type { Operated, SagaOperation } from '../../src/orchestrator/operators/saga-operation.ts'
import type { Sent } from '../../src/ports/channel.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { RunTerms } from './terms.ts'

/**
 * What an observer outside of the service has seen, in the order in which it happened. The history checker reads nothing else, so that
 * a simulation, a soak and a deployment are judged by the same rules.
 */
export type Observation = Asked | Answered | Written | Removed | Departed | Arrived | Concluded | Lifecycle

/** Time and place of an observation. */
interface SeenBy {
  /** Position in the run. */
  readonly at: number
  /** The wall clock of `process`, which may be skewed. */
  readonly clock: Instant
  /** The process that asked, wrote or sent; each start of it has a name of its own. */
  readonly process: string
}

/** A request that came to a door. `request` names it in the `Answered` that may follow; a crash leaves it without one. */
export interface Asked extends SeenBy {
  readonly kind: 'asked'
  readonly request: number
  readonly by: Asking
}

/**
 * The request of a door: a creation, an event (of a source with its place in a partition), an operator's action on one saga, or on all
 * that a filter selects, or the cancellation of such a one.
 */
export type Asking =
  | { readonly door: 'creation'; readonly creation: CreateRequest }
  | { readonly door: 'event'; readonly event: SagaEvent }
  | { readonly door: 'source'; readonly event: SagaEvent; readonly partition: string; readonly offset: number }
  | { readonly door: 'operator'; readonly operation: SagaOperation }
  | { readonly door: 'bulk'; readonly bulk: BulkRequest }
  | { readonly door: 'bulk-end'; readonly id: string; readonly cancellation: BulkCancellation }

/** The answer of a door. Only this promises anything to the outside (I1). */
export interface Answered extends SeenBy {
  readonly kind: 'answered'
  readonly request: number
  readonly answer: AnyAnswer
}

/** What a door says: the result of its corridor, or of bulk operations. */
export type AnyAnswer = Created | Outcome | Operated | BulkBegun | BulkCancelled | Acknowledgement

/** The end of a record of a source. */
export type Acknowledgement =
  /** `isPoison`: it can never be applied, and was put aside (P10). */
  | { readonly kind: 'committed'; readonly isPoison?: true | undefined }
  /** Another process reads its partition now, so that it is read again: nothing is promised. */
  | { readonly kind: 'not-committed' }

/** A change that the store took, in the order in which it became durable; a write that was lost with a crash is none. */
export interface Written extends SeenBy {
  readonly kind: 'written'
  readonly change: Change
  /** The stored head before; absent at a creation. */
  readonly before?: Saga | undefined
  readonly after: Saga
}

/** A saga left the store after its time (P23). What comes under its id later is another life of it. */
export interface Removed extends SeenBy {
  readonly kind: 'removed'
  readonly sagaId: SagaId
}

/** A send of a command or of a side effect has begun: its message leaves the process, and may get lost. */
export interface Departed extends SeenBy {
  readonly kind: 'departed'
  readonly command: Command
  readonly send: number
}

/** A command or a side effect reached its participant. `send`: sends are numbered in the order in which they start. */
export interface Arrived extends SeenBy {
  readonly kind: 'arrived'
  readonly command: Command
  readonly send: number
}

/** The end of a send as the service learned it, later than the arrival, or without one. */
export interface Concluded extends SeenBy {
  readonly kind: 'concluded'
  readonly command: Command
  readonly send: number
  readonly result: Sent
}

/** A process began, crashed or stopped; `calm`: faults ended, and from here on everything must come to its end. */
export interface Lifecycle extends SeenBy {
  readonly kind: 'started' | 'crashed' | 'stopped' | 'calm'
}

/** A whole run: its observations, its machines by their hash, and the sagas as the store has them at the end. */
export interface ObservedRun {
  readonly observations: readonly Observation[]
  readonly machines: ReadonlyMap<string, MachineDefinition>
  readonly sagas: ReadonlyMap<SagaId, { readonly head: Saga; readonly document: SagaDocument }>
  /** Bulk operations with their results, as the service shows them at the end. Absent: they are not judged by them. */
  readonly operations?: ReadonlyMap<string, ShownBulk> | undefined
  /** Settings of the service that rules depend on. Absent: only what holds under every setting is judged. */
  readonly terms?: RunTerms | undefined
  /** Milliseconds of each observation by a clock that nobody sets. Absent: the lengths of leases are not judged. */
  readonly timeOf?: ((at: number) => number) | undefined
}

/** A bulk operation and its results so far. */
export interface ShownBulk {
  readonly operation: BulkOperation
  /** Those that it counts. */
  readonly items: readonly BulkItem[]
  /** Those of a process that had lost its lease without knowing it: they are shown after the others. */
  readonly late?: readonly BulkItem[] | undefined
}

/** A broken rule. */
export interface Violation {
  /** Id of a promise or of a rule: `I4`, `P3`, … */
  readonly rule: string
  readonly sagaId?: SagaId | undefined
  /** Sentence for people: what was done, what was found, what was expected. */
  readonly why: string
  /** Position of the observation that shows it; absent where it is the end of the run. */
  readonly at?: number | undefined
}
