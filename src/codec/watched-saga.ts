import type { BusinessEventFields, BusinessStateFields } from './business-fields.ts'
import type { EventEntry, StateEntry } from './history-entry.ts'
import type { HoldDocument, OperationEntry, SagaDocument } from './saga-document.ts'
import type { SagaOutline } from './saga-outline.ts'

/** A step as watchers see it: the same live and from the history. Instants are ISO 8601 in UTC. */
export interface WatchedStep extends BusinessEventFields, BusinessStateFields {
  readonly sagaId: string
  /** Its index in the history; 0 is the creation. */
  readonly step: number
  readonly event: string
  readonly eventId?: string
  /** The state that the saga entered. */
  readonly state: string
  readonly at: string
  /** Id of the operator's action that made the step (P25). */
  readonly operation?: string
  /** The machine has another name for this former state (P11). */
  readonly renamedFrom?: string
  /** Keys at the top of the metadata that the step changed, as the history has them. */
  readonly changed?: readonly string[]
  readonly changedCount?: number
}

/** A saga as watchers see it: its state, and in numbers what it waits for. The document has the rest. */
export interface WatchedSaga extends SagaOutline {
  /** Length of its history. */
  readonly steps: number
  readonly stateSince?: string
  /** Commands that are not delivered; absent without any, as are the next ones. */
  readonly owed?: number
  /** Sends of the owed commands that have ended without success. */
  readonly failedSends?: number
  /** Delivered commands of the newest step. */
  readonly delivered?: number
  readonly deadLetters?: number
  readonly parked?: number
  /** Deadline of the state. */
  readonly timer?: string
  readonly hold?: HoldDocument
  /** The newest action of an operator. */
  readonly operation?: OperationEntry
}

/** The step that made an entry of a saga's history. Fields that other writers may have added are left out. */
export function watchedStep(
  { sagaId, step }: Pick<WatchedStep, 'sagaId' | 'step'>,
  { event, state }: { readonly event: EventEntry; readonly state: StateEntry | undefined },
): WatchedStep {
  return {
    sagaId,
    step,
    event: event.event,
    ...present('eventId', event.id),
    ...present('businessEventId', event.businessEventId),
    ...present('businessEventDescription', event.businessEventDescription),
    state: state?.state ?? '',
    ...present('businessStateId', state?.businessStateId),
    ...present('businessStateDescription', state?.businessStateDescription),
    at: event.timestamp,
    ...present('operation', event.operation),
    ...present('renamedFrom', event.renamedFrom),
    ...present('changed', event.changed),
    ...present('changedCount', event.changedCount),
  }
}

/** A saga as its watchers see it, of its document. `steps`: the length of its history, where the document is without it. */
export function watchedSaga(document: SagaDocument, steps: number = document.history.events.length): WatchedSaga {
  const { sagaId, associatedEntityId, currentState, latestEvent, isFinal, history, owed } = document
  const failed = owed?.reduce((sum, { sends = 0 }) => sum + sends, 0)
  return {
    sagaId,
    associatedEntityId,
    currentState,
    latestEvent,
    isFinal,
    ...present('businessStateId', document.businessStateId),
    ...present('businessStateDescription', document.businessStateDescription),
    steps,
    ...present('stateSince', document.stateSince),
    ...counted('owed', owed?.length),
    ...counted('failedSends', failed),
    ...counted('delivered', document.delivered?.length),
    ...counted('deadLetters', document.deadLetters?.length),
    ...counted('parked', document.parked?.length),
    ...present('timer', document.timer?.deadline),
    ...present('hold', document.hold),
    ...present('operation', history.operations?.at(-1)),
  }
}

function present<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined || value === null ? {} : ({ [key]: value } as { readonly [K in Key]: Value })
}

function counted<Key extends string>(key: Key, count: number | undefined): { readonly [K in Key]?: number } {
  return present(key, count === 0 ? undefined : count)
}
