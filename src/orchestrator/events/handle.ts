import { isChoreDue } from '../../engine/chore.ts'
import { decide } from '../../engine/decide.ts'
import type { Decision } from '../../engine/decide.ts'
import type { Saga, SagaEvent, SagaId } from '../../engine/saga.ts'
import type { Step } from '../../engine/change.ts'
import { commitEntry } from './commit-entry.ts'
import type { Committed } from './commit-entry.ts'
import type { Outcome } from '../corridor.ts'
import type { CorridorParts } from '../corridor-parts.ts'
import { readEarlierHistory } from './earlier-history.ts'
import type { DecidedHead } from './earlier-history.ts'
import type { ParkingNote, ParkingPlace } from './event-parking.ts'
import { isParking, planParking, reportParked } from './event-parking.ts'
import { sourceOf } from './event-task.ts'
import type { EventTask } from './event-task.ts'
import { isLate, LATE_CONFLICT, LATE_IN_MAILBOX, LATE_READ } from '../request-deadline.ts'
import type { LedgerEntry } from './ledger.ts'
import { backoff } from '../backoff.ts'
import { turnOf } from './turn.ts'
import type { SavedStep, Turn } from './turn.ts'
import { keepUp, offersAfter } from './upkeep.ts'

/** The consequence of a decision: an entry to save, or an outcome that writes nothing. */
type DecisionPlan =
  /** `parking`: of an entry without a step. */
  | { readonly kind: 'write'; readonly entry: LedgerEntry; readonly parking?: ParkingNote }
  | { readonly kind: 'answer'; readonly outcome: Outcome }
  /** The head is older than the history that was read for its hooks: the same as a conflict. */
  | { readonly kind: 'outdated'; readonly entry?: undefined; readonly parking?: undefined }

/**
 * Decides an event, saves the entry of the decision, and after a conflict decides anew on a fresh head (C4.2, P21). To be
 * called inside the saga's mailbox; several calls in one turn save their steps one by one (P30).
 */
export async function handleEvent(parts: CorridorParts, task: EventTask): Promise<Turn<Outcome>> {
  const { machine, ledger, persistency, runtime, hooks } = parts
  const { event, deadline } = task
  const { sagaId } = event
  if (isLate(runtime, deadline)) return turnOf(LATE_IN_MAILBOX)
  let remembered = task.head ?? ledger.recall(sagaId)
  const known = remembered?.saga
  let early: readonly SavedStep[] | undefined
  for (let attempt = 0; ; attempt++) {
    const before = remembered ?? (await ledger.read(sagaId))
    if (before === undefined) return turnOf(unknownSaga(parts, task.event, known))
    if (attempt === 0 && isLate(runtime, deadline)) return turnOf(LATE_READ)
    const isFresh = remembered === undefined
    remembered = undefined
    const now = runtime.wallClock()
    if (early === undefined && isChoreDue(machine, before.saga, now)) {
      const kept = await keepUp(parts, before, deadline) // it was due before this event (I5)
      early = kept.saved
      remembered = kept.loaded
      continue
    }
    const decision = decide(machine, { saga: before.saga, event, now })
    const isVoid = task.isWanted?.(before.saga) === false
    if ((decision.kind !== 'moved' || isVoid) && !isFresh) continue // only `moved` may be decided on a remembered head (P9)
    if (isVoid) return after(early, turnOf({ kind: 'duplicate', sagaId, state: before.saga.state }))
    const plan: DecisionPlan =
      decision.kind === 'moved' && !hooks.isHooked(decision.step)
        ? { kind: 'write', entry: { step: decision.step } }
        : await planWithReads(parts, task, { head: { loaded: before, isFresh }, decision })
    if (plan.kind === 'answer') return after(early, turnOf(plan.outcome, undefined, offersAfter(parts, before)))

    const { entry } = plan
    const committed = entry === undefined ? CONFLICT : await commitEntry(parts, { sagaId, before, entry, deadline })
    if (!isFresh && task.head === undefined) ledger.learn(committed.kind === 'conflict')
    if (committed.kind === 'saved') return after(early, turnOfSaved(parts, task, { committed, plan }))
    // A head that grew too large may be old: on the one that another process has written the event may fit (P9).
    const mayFit = committed.kind === 'too-large' && !isFresh && persistency.can.shared
    if (committed.kind !== 'conflict' && !mayFit)
      return after(early, turnOf(await refusedSave(parts, event, committed)))
    if (isLate(runtime, deadline)) return after(early, turnOf(LATE_CONFLICT))
    await backoff(runtime, attempt)
  }
}

/** A turn whose first steps were due before its event. */
function after(early: readonly SavedStep[] | undefined, turn: Turn<Outcome>): Turn<Outcome> {
  return early === undefined || early.length === 0 ? turn : { ...turn, saved: [...early, ...turn.saved] }
}

/** A decision, and the head that it was made on. */
interface Decided {
  readonly head: DecidedHead
  readonly decision: Decision
}

/** The plan of a decision that needs the store: hooks need the history, and an answer without a write must be durable (P9). */
function planWithReads(parts: CorridorParts, task: EventTask, { head, decision }: Decided): Promise<DecisionPlan> {
  if (decision.kind === 'moved') return planHooked(parts, decision.step, head)
  return planUnmoved(parts, task, { saga: head.loaded.saga, decision })
}

/** The messages of the hooks are made once, for this decision (P5). */
async function planHooked(parts: CorridorParts, step: Step, head: DecidedHead): Promise<DecisionPlan> {
  const history = await readEarlierHistory(parts.persistency, head)
  if (history === undefined) return { kind: 'outdated' }
  const { saga } = head.loaded
  return { kind: 'write', entry: parts.hooks.make(step, { entity: saga.entity, history }) }
}

/** A durable write of this event. */
interface SavedEvent {
  readonly committed: Extract<Committed, { kind: 'saved' }>
  readonly plan: Exclude<DecisionPlan, { kind: 'answer' }>
}

function turnOfSaved(
  parts: CorridorParts,
  { event }: EventTask,
  { committed: { loaded, saved }, plan: { parking } }: SavedEvent,
): Turn<Outcome> {
  if (parking !== undefined) {
    reportParked(parts, event, parking)
    return turnOf(parking.outcome)
  }
  const { id: sagaId, state } = loaded.saga
  return turnOf({ kind: 'moved', sagaId, state }, saved, offersAfter(parts, loaded))
}

const CONFLICT: Committed = { kind: 'conflict' }

/** On a fresh head: an event that was applied before is a duplicate, whatever was decided now (I4, P9). */
async function planUnmoved(parts: CorridorParts, task: EventTask, unmoved: ParkingPlace): Promise<DecisionPlan> {
  const { id, sagaId, label } = task.event
  const { saga, decision } = unmoved
  if (await parts.persistency.applied(sagaId, id, label))
    return answer({ kind: 'duplicate', sagaId, state: saga.state })
  if (isParking(parts, task, unmoved)) return planParking(parts, task, unmoved)
  logUnmoved(parts, task.event, unmoved)
  switch (decision.kind) {
    case 'unexpected': // C4.3
      return answer({ ...decision, sagaId, label, reject: task.unexpectedEvents === 'reject' })
    case 'refused':
    case 'stranded':
      return answer({ ...decision, sagaId })
    case 'held': // parked, always
      return answer({ kind: 'parked', sagaId, state: saga.state })
  }
}

function answer(outcome: Outcome): DecisionPlan {
  return { kind: 'answer', outcome }
}

function logUnmoved(
  { incidents, runtime: { log } }: CorridorParts,
  event: SagaEvent,
  { saga: { state }, decision }: ParkingPlace,
): void {
  const { sagaId, label } = event
  const fields = { saga: sagaId, label, state, ...sourceOf(event) }
  switch (decision.kind) {
    case 'unexpected':
      return log.write('event.unexpected', { ...fields, expected: decision.expected })
    case 'refused':
      return log.write('event.refused', { ...fields, why: decision.why })
    case 'stranded': // its source hands the event in again and again (P11)
      return incidents.report({ code: 'event.stranded', group: 'stranded', kind: state, fields })
  }
}

/** C4.4. A saga that was not final is never removed: a store that lacks it now has lost data, which must be logged. */
function unknownSaga({ incidents }: CorridorParts, event: SagaEvent, known: Saga | undefined): Outcome {
  const { sagaId } = event
  if (known?.isFinal === false) {
    const { state } = known
    const fields = { saga: sagaId, state, ...sourceOf(event) }
    incidents.report({ code: 'saga.lost', group: 'gone', kind: state, fields })
  }
  return { kind: 'unknown-saga', sagaId }
}

/** The outcome where the store answered, and nothing was saved. */
async function refusedSave(
  { ledger, persistency }: CorridorParts,
  { id, sagaId, label }: SagaEvent,
  committed: Exclude<Committed, { kind: 'saved' | 'conflict' }>,
): Promise<Outcome> {
  switch (committed.kind) {
    case 'duplicate':
      return duplicate(ledger, sagaId)
    case 'too-large':
      // A repeat may exceed the limit where the event itself did not: others have been applied since (I4).
      return (await persistency.applied(sagaId, id, label)) ? duplicate(ledger, sagaId) : committed
    case 'unknown':
      return { kind: 'unavailable', why: committed.why }
  }
}

async function duplicate(ledger: CorridorParts['ledger'], sagaId: SagaId): Promise<Outcome> {
  const loaded = await ledger.read(sagaId)
  if (loaded === undefined) return { kind: 'unknown-saga', sagaId }
  return { kind: 'duplicate', sagaId, state: loaded.saga.state }
}
