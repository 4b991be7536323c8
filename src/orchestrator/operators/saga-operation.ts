import type { OperationRecord } from '../../engine/operation-record.ts'
import type { DeadLetter, EventId, Metadata, SagaId } from '../../engine/saga.ts'
import type { Damaged, TooLarge, Unavailable } from '../undone.ts'

/** An operator's action on one saga (P25). Plain data: on workerd it goes to the saga's object. */
export interface SagaOperation {
  readonly sagaId: SagaId
  /** Id of the record in `history.operations`; a repeat with the same id changes nothing more. */
  readonly id: string
  readonly operator: string
  readonly reason: string
  readonly action: SagaAction
  /** The answer is made, and nothing is written or sent. */
  readonly dryRun?: boolean | undefined
  /** Id of the HTTP request, for log lines. */
  readonly requestId?: string | undefined
}

/** The action with its arguments. */
export type SagaAction =
  /** Everything owed or dead is sent now; with a channel, only its commands. `cancelled`: what an operator cancelled is sent too. */
  | { readonly kind: 'redeliver'; readonly channel?: string | undefined; readonly cancelled?: boolean | undefined }
  /** The command of the state is sent once more with the same key, although it was delivered. */
  | { readonly kind: 'resend' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' }
  /** An event in place of a participant's, checked and merged alike. */
  | { readonly kind: 'send-event'; readonly label: string; readonly payload: Metadata }
  /** `command`: the command and the side effects of the new state are sent. */
  | { readonly kind: 'move'; readonly state: string; readonly command: boolean }
  | { readonly kind: 'patch-metadata'; readonly metadata: Metadata }
  /** A move to a final state without command; commands still owed become dead letters. */
  | { readonly kind: 'cancel'; readonly state: string }
  | { readonly kind: 'drop-parked'; readonly event: EventId; readonly label?: string | undefined }
  | { readonly kind: 'drop-dead-letter'; readonly letter: DeadLetter['id']; readonly label?: string | undefined }

/** An action of one kind. */
export type ActionOf<Kind extends SagaAction['kind']> = Extract<SagaAction, { readonly kind: Kind }>

/** The outcome of an operator's action. */
export type Operated =
  | OperationDone
  /** The saga's history has the operation already. */
  | { readonly kind: 'repeated'; readonly sagaId: SagaId; readonly state: string }
  /** The saga's history has another action, or other arguments, under the id of the operation; nothing was written. */
  | { readonly kind: 'mismatch'; readonly sagaId: SagaId; readonly operation: string; readonly why: string }
  /** The machine lacks what the action names, whatever the saga; nothing was written. */
  | { readonly kind: 'invalid'; readonly why: string }
  /** The action does not fit the saga as it is; nothing was written. */
  | { readonly kind: 'refused'; readonly sagaId: SagaId; readonly why: string }
  | { readonly kind: 'unknown-saga'; readonly sagaId: SagaId }
  | TooLarge
  | Damaged
  | Unavailable

/** The action is durable. */
export interface OperationDone {
  readonly kind: 'done'
  readonly sagaId: SagaId
  /** State of the saga after it. */
  readonly state: string
  /** Its changes, for people. */
  readonly details: OperationDetails
}

/** Changes of an action, for people: numbers and ids. */
export type OperationDetails = NonNullable<OperationRecord['details']>

/** Carries out operators' actions. */
export interface SagaOperator {
  operate(operation: SagaOperation): Promise<Operated>
}
