import type { OperationRecord } from '../engine/operation-record.ts'
import type { KeptEvent, Metadata } from '../engine/saga.ts'
import type { EventEntry, StateEntry } from './history-entry.ts'
import type { SagaOutline } from './saga-outline.ts'

/** A saga as `GET /sagas/:id` answers it: the reference's fields and ours (C5). Instants are ISO 8601 in UTC. */
export interface SagaDocument extends SagaOutline {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly history: {
    readonly states: readonly StateEntry[]
    readonly events: readonly EventEntry[]
    /** Actions of operators, oldest first; absent where there are none (P25). */
    readonly operations?: readonly OperationEntry[]
  }
  /** When the saga entered its state; absent where an earlier version moved it last. */
  readonly stateSince?: string
  readonly owed?: readonly DebtDocument[]
  readonly deadLetters?: readonly DeadLetterDocument[]
  readonly parked?: readonly ParkedDocument[]
  readonly timer?: TimerDocument
  /** Delivered commands of the newest step; absent where there are none. */
  readonly delivered?: readonly DeliveryDocument[]
  /** Present while the saga is held (P26). */
  readonly hold?: HoldDocument
}

/** An action of an operator (P25). Instants are ISO 8601 in UTC. */
export interface OperationEntry extends Omit<OperationRecord, 'at' | 'fingerprint'> {
  readonly at: string
}

/** A delivered command. Instants are ISO 8601 in UTC. */
export interface DeliveryDocument {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly since: string
  readonly at: string
  readonly sends: number
}

/** The hold of a saga (P26). Instants are ISO 8601 in UTC. */
export interface HoldDocument {
  readonly since: string
  readonly until?: string
  /** Its creation has asked for a later beginning; no operator holds it. */
  readonly isBeginning?: true
}

/** A command of the outbox, without its payload and headers: headers may hold credentials and personal data (C3.6). */
export interface DebtDocument {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly attempts: number
  readonly since: string
  readonly due: string
  /** When it is sent again; absent while a process sends it or holds it to send it, and where a restart made it due at once. */
  readonly nextTry?: string
  /** Sends that have ended without success, silent ones included; absent before the first. */
  readonly sends?: number
  /** End of the newest send; absent before the first. */
  readonly last?: SendReportDocument
}

/** End of a send without success: status and first bytes of the answer, or the reason why there was none. */
export interface SendReportDocument {
  readonly at: string
  readonly status?: number
  readonly answer?: string
}

/** A command or an event that was given up, without its headers (C3.6); only a command has a `channel`. */
export interface DeadLetterDocument {
  readonly kind: 'command' | 'event'
  readonly id: string
  readonly label: string
  readonly channel?: string
  /** Empty beside `body`. */
  readonly payload: Metadata
  /** The message that a command hook made, in place of label and payload (C2.7). */
  readonly body?: unknown
  readonly trace?: string
  readonly why: string
  readonly since: string
  readonly attempts: number
  /** End of the last send; absent for an event. */
  readonly last?: SendReportDocument
}

/** An event that waits for its state (P10), without its headers (C3.6). Instants are ISO 8601 in UTC. */
export interface ParkedDocument {
  readonly event: Omit<KeptEvent, 'headers'>
  readonly since: string
  readonly expires: string
}

/** The deadline of the current state (P18). Instants are ISO 8601 in UTC. */
export interface TimerDocument {
  readonly step: number
  readonly deadline: string
  readonly resends: number
  readonly event?: string
}
