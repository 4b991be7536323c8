import type { DeadLetter, Debt, Delivery, Hold, ParkedEvent, Saga, SendReport, Timer } from '../engine/saga.ts'
import type { OperationRecord } from '../engine/operation-record.ts'
import { RELEASED } from './head.ts'
import type { HistoryEntry } from './history-entry.ts'
import { dueShown, iso } from './instant.ts'
import type {
  DeadLetterDocument,
  DebtDocument,
  DeliveryDocument,
  HoldDocument,
  OperationEntry,
  ParkedDocument,
  SagaDocument,
  SendReportDocument,
  TimerDocument,
} from './saga-document.ts'
import { encodeOutline } from './saga-outline.ts'

/** The document of a saga (C5) from its head and the entries of its history, oldest first. */
export function encodeDocument(saga: Saga, history: readonly Omit<HistoryEntry, 'writeId'>[]): SagaDocument {
  return {
    ...encodeOutline(saga),
    metadata: saga.metadata,
    history: {
      states: history.map(({ state }) => state),
      events: history.map(({ event }) => event),
      ...(saga.operations !== undefined && { operations: saga.operations.map(encodeOperation) }),
    },
    ...(saga.enteredAt !== undefined && { stateSince: iso(saga.enteredAt) }),
    ...(saga.owed.length > 0 && { owed: saga.owed.map(encodeDebt) }),
    ...(saga.deadLetters.length > 0 && { deadLetters: saga.deadLetters.map(encodeDeadLetter) }),
    ...(saga.parked.length > 0 && { parked: saga.parked.map(encodeParked) }),
    ...(saga.timer !== undefined && { timer: encodeTimer(saga.timer) }),
    ...(saga.delivered !== undefined && { delivered: saga.delivered.map(encodeDelivery) }),
    ...(saga.hold !== undefined && { hold: encodeHold(saga.hold) }),
  }
}

function encodeDebt({ id, label, channel, attempts, since, due, sends, last, ...debt }: Debt): DebtDocument {
  const isWaiting = debt.tried === true && debt.claimed === undefined && due !== RELEASED
  const nextTry = isWaiting && { nextTry: iso(due) }
  const shown = { id, label, channel, attempts, since: iso(since), due: iso(dueShown(due, since)), ...nextTry }
  return { ...shown, ...(sends !== undefined && { sends }), ...(last !== undefined && { last: encodeReport(last) }) }
}

function encodeReport({ at, ...report }: SendReport): SendReportDocument {
  return { at: iso(at), ...report } as SendReportDocument
}

function encodeDeadLetter(letter: DeadLetter): DeadLetterDocument {
  const { kind = 'command', id, label, payload, trace, why, since, attempts } = letter
  return {
    kind,
    id,
    label,
    ...(letter.kind === undefined && { channel: letter.channel }),
    payload,
    ...(letter.kind === undefined && letter.body !== undefined && { body: shownBody(letter.body) }),
    ...(trace !== undefined && { trace }),
    why,
    since: iso(since),
    attempts,
    ...(letter.last !== undefined && { last: encodeReport(letter.last) }),
  }
}

/** The message as JSON; as text where the store has damaged it. */
function shownBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}

function encodeParked({ event, since, expires }: ParkedEvent): ParkedDocument {
  const { id, sagaId, label, payload, trace } = event
  const shown = { id, sagaId, label, payload, ...(trace !== undefined && { trace }) }
  return { event: shown, since: iso(since), expires: iso(expires) }
}

function encodeTimer({ step, deadline, resends, event }: Timer): TimerDocument {
  return { step, deadline: iso(deadline), resends, ...(event !== undefined && { event }) }
}

/** The fingerprint is for the comparison of repeats alone. */
function encodeOperation({ id, action, at, operator, reason, details }: OperationRecord): OperationEntry {
  return { id, action, at: iso(at), operator, reason, ...(details !== undefined && { details }) }
}

function encodeDelivery({ id, label, channel, since, at, sends }: Delivery): DeliveryDocument {
  return { id, label, channel, since: iso(since), at: iso(at), sends }
}

function encodeHold({ since, until, isBeginning }: Hold): HoldDocument {
  return {
    since: iso(since),
    ...(until !== undefined && { until: iso(until) }),
    ...(isBeginning === true && { isBeginning }),
  }
}
