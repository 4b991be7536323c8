/** A saga in a list; a damaged one has only its id and the reason. */
export interface SagaSummary {
  readonly sagaId: string
  readonly unreadable?: string
  readonly associatedEntityId?: string
  readonly currentState?: string
  readonly latestEvent?: string
  readonly isFinal?: boolean
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly stateSince?: string
  readonly marks?: Marks
  readonly waitingFor?: readonly string[]
  readonly lastAnswers?: readonly LastAnswer[]
}

/** The last answer of a listed saga: the filters that find it. */
export interface LastAnswer {
  readonly has: 'owed' | 'dead-letters'
  readonly channel?: string
  readonly answer: string
}

/** Marks of a saga that waits: numbers, the deadline, the start and the end of a hold. */
export interface Marks {
  readonly owed?: number
  readonly deadLetters?: number
  readonly parked?: number
  readonly timer?: string
  readonly hold?: string
  readonly until?: string
}

/** Numbers of the sagas in one state. */
export interface StateNumbers {
  readonly state: string
  readonly total: number
  readonly owed: number
  readonly deadLetters: number
  readonly parked: number
  readonly timers: number
  readonly held: number
  readonly oldestDebt?: string
}

/** A page of `GET /sagas`. */
export interface SagaPage {
  readonly items: readonly SagaSummary[]
  readonly next?: string
  readonly counts?: readonly StateNumbers[]
  readonly uncounted?: string
}

/** The end of a send: status and first bytes of the answer, or the reason why there was none. */
export interface SendReport {
  readonly at: string
  readonly status?: number
  readonly answer?: string
}

/** A command that is not delivered yet. */
export interface OwedCommand {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly attempts: number
  readonly since: string
  readonly due: string
  readonly nextTry?: string
  readonly sends?: number
  readonly last?: SendReport
  readonly isPaused?: true
}

/** A command or an event that was given up. */
export interface DeadLetter {
  readonly kind: 'command' | 'event'
  readonly id: string
  readonly label: string
  readonly channel?: string
  readonly payload: unknown
  readonly body?: unknown
  readonly why: string
  readonly since: string
  readonly attempts: number
  readonly last?: SendReport
}

/** A command that was delivered in the current state. */
export interface DeliveredCommand {
  readonly id: string
  readonly label: string
  readonly channel: string
  readonly since: string
  readonly at: string
  readonly sends: number
}

/** An event that waits for its state. */
export interface ParkedEvent {
  readonly event: { readonly id: string; readonly label: string; readonly payload?: unknown }
  readonly since: string
  readonly expires: string
}

/** An action of an operator, as the saga keeps it. */
export interface OperationEntry {
  readonly id: string
  readonly action: string
  readonly at: string
  readonly operator: string
  readonly reason: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** An entry of the history of events. */
export interface EventEntry {
  readonly event: string
  readonly timestamp: string
  readonly id: string
  readonly businessEventDescription?: string
  readonly operation?: string
  /** The former name of its state, where the step gave the saga the new one. */
  readonly renamedFrom?: string
  /** Keys of the metadata that the step changed, where the service keeps them. */
  readonly changed?: readonly string[]
  /** Number of all of them, where it is larger. */
  readonly changedCount?: number
}

/** An entry of the history of states. */
export interface StateEntry {
  readonly state: string
  readonly timestamp: string
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
}

/** One saga, as `GET /sagas/{sagaId}` answers it. */
export interface SagaDocument {
  readonly sagaId: string
  readonly associatedEntityId: string
  readonly currentState: string
  readonly latestEvent: string
  readonly isFinal: boolean
  readonly businessStateId?: string | number
  readonly businessStateDescription?: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly history: {
    readonly states: readonly StateEntry[]
    readonly events: readonly EventEntry[]
    readonly operations?: readonly OperationEntry[]
  }
  readonly waitingFor?: readonly string[]
  readonly stateSince?: string
  readonly owed?: readonly OwedCommand[]
  readonly deadLetters?: readonly DeadLetter[]
  readonly delivered?: readonly DeliveredCommand[]
  readonly parked?: readonly ParkedEvent[]
  readonly timer?: {
    readonly step: number
    readonly deadline: string
    readonly resends: number
    readonly event?: string
  }
  readonly hold?: { readonly since: string; readonly until?: string; readonly isBeginning?: true }
}

/** A channel, as `GET /channels` answers it. */
export interface Channel {
  readonly id: string
  readonly isPaused: boolean
  readonly pausedSince?: string
  readonly pausedBy?: string
  readonly reason?: string
  readonly circuit?: 'closed' | 'open' | 'half-open'
  readonly waiting?: number
  readonly underWay?: number
}

/** A bulk operation with a page of its results. */
export interface BulkOperation {
  readonly id: string
  readonly status: 'running' | 'done' | 'cancelled'
  readonly action: string
  readonly filter: Readonly<Record<string, unknown>>
  readonly operator: string
  readonly reason: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly counts: Readonly<Record<string, number>>
  readonly kept: boolean
  readonly items?: readonly BulkItem[]
  readonly next?: string
  readonly areForgotten?: true
}

/** The result of a bulk operation for one saga. */
export interface BulkItem {
  readonly sagaId: string
  readonly outcome: 'done' | 'repeated' | 'conflict' | 'refused' | 'unknown'
  readonly state?: string
  readonly why?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** The answer of a dry run of a bulk operation. */
export interface BulkPreview {
  readonly matches: number
  readonly isComplete: boolean
  readonly items: readonly BulkItem[]
}

/** The facts by which the page decides what to offer. */
export interface Session {
  readonly version: string
  readonly store: string
  readonly canList: boolean
  readonly mayAct: boolean
  /** Name of a saga.json that the service watches, as `batuta dev --watch` does. */
  readonly watches?: string
  /** The service is one of `batuta dev`: it has the routes below `/play`. */
  readonly isPlay?: true
}
