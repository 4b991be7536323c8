import type { OperationRecord } from '../../engine/operation-record.ts'
import type { Saga } from '../../engine/saga.ts'
import { backoff } from '../backoff.ts'
import { commitEntry } from '../events/commit-entry.ts'
import type { Committed } from '../events/commit-entry.ts'
import type { OperationPlan, OperationTask, OperationWrite, OperatorParts } from './operation-plan.ts'
import { actionFingerprintOf } from '../ids.ts'
import { offerDeadEvents } from './offer-dead-events.ts'
import { planDropLetter, planDropParked } from './plan-drop.ts'
import { planEvent } from './plan-event.ts'
import { planHold, planRelease } from './plan-hold.ts'
import { planRedeliver } from './plan-redeliver.ts'
import { planResend } from './plan-resend.ts'
import { planCancel, planMove, planPatch } from './plan-step.ts'
import { isLate, LATE_CONFLICT, LATE_IN_MAILBOX, LATE_READ } from '../request-deadline.ts'
import type { Operated, SagaOperation } from './saga-operation.ts'
import { turnOf } from '../events/turn.ts'
import type { Turn } from '../events/turn.ts'
import { offersAfter } from '../events/upkeep.ts'

/**
 * Carries out an operator's action: its effects and its record are one conditional write, decided anew on a fresh head after a
 * conflict (P2, P25). To be called inside the saga's mailbox. `deadline`: monotonic.
 */
export async function operateOnSaga(
  parts: OperatorParts,
  operation: SagaOperation,
  deadline: number,
): Promise<Turn<Operated>> {
  const { ledger, runtime } = parts
  const { sagaId, dryRun } = operation
  if (isLate(runtime, deadline)) return turnOf(LATE_IN_MAILBOX)
  for (let attempt = 0; ; attempt++) {
    // Every answer is given on a head of the store: a repeat must be known (P9), and actions are rare.
    const loaded = await ledger.read(sagaId)
    if (loaded === undefined) return turnOf({ kind: 'unknown-saga', sagaId })
    if (attempt === 0 && isLate(runtime, deadline)) return turnOf(LATE_READ)
    const earlier = loaded.saga.operations?.find(({ id }) => id === operation.id)
    if (earlier !== undefined) return turnOf(repeatedOr(operation, loaded.saga, earlier))
    const task: OperationTask = { operation, loaded, now: runtime.wallClock() }
    const plan = await planOf(parts, task)
    if (plan.kind === 'invalid') return turnOf(plan)
    if (plan.kind === 'refused') return turnOf({ ...plan, sagaId })
    if (plan.kind === 'write') {
      const entry = { ...plan.entry, operation: recordOf(task, plan) }
      if (dryRun === true) {
        const tooLarge = ledger.exceeded(loaded.saga, ledger.change(sagaId, entry))
        return turnOf(tooLarge ?? done(loaded.saga, plan))
      }
      const committed = await commitEntry(parts, { sagaId, before: loaded, entry, deadline })
      if (committed.kind === 'saved') return saved(parts, { plan, committed, deadline })
      if (committed.kind !== 'conflict') return turnOf(await unsaved(parts, operation, committed))
    }
    if (isLate(runtime, deadline)) return turnOf(LATE_CONFLICT)
    await backoff(runtime, attempt)
  }
}

function planOf(parts: OperatorParts, task: OperationTask): OperationPlan | Promise<OperationPlan> {
  const { action } = task.operation
  switch (action.kind) {
    case 'redeliver':
      return planRedeliver(parts, task, action)
    case 'resend':
      return planResend(parts, task)
    case 'hold':
      return planHold(parts, task)
    case 'release':
      return planRelease(parts, task)
    case 'send-event':
      return planEvent(parts, task, action)
    case 'move':
      return planMove(parts, task, action)
    case 'cancel':
      return planCancel(parts, task, action)
    case 'patch-metadata':
      return planPatch(parts, task, action.metadata)
    case 'drop-parked':
      return planDropParked(task, action)
    case 'drop-dead-letter':
      return planDropLetter(task, action)
  }
}

function recordOf({ operation, now }: OperationTask, { details }: OperationWrite): OperationRecord {
  const { id, action, operator, reason } = operation
  const fingerprint = actionFingerprintOf(action)
  const record = { id, action: action.kind, at: now, operator, reason, fingerprint }
  return Object.keys(details).length === 0 ? record : { ...record, details }
}

/** A repeat changes nothing more. One id for two actions, or for other arguments, is a mistake of the client. */
function repeatedOr({ sagaId, id, action }: SagaOperation, { state }: Saga, earlier: OperationRecord): Operated {
  const { action: kind, at, fingerprint } = earlier
  // A record of an earlier version has no fingerprint.
  const isSame = kind === action.kind && (fingerprint === undefined || fingerprint === actionFingerprintOf(action))
  if (isSame) return { kind: 'repeated', sagaId, state }
  const first = `a "${kind}"${kind === action.kind ? ' with other arguments' : ''} at ${new Date(at).toISOString()}`
  const why = `the operation "${id}" of this saga was ${first}, expected another idempotency-key for this "${action.kind}"`
  return { kind: 'mismatch', sagaId, operation: id, why }
}

function done({ id, state }: Saga, { details, entry }: OperationWrite): Operated {
  return { kind: 'done', sagaId: id, state: entry.step?.state.id ?? state, details }
}

/** A durable write, and the plan that it has saved. */
interface SavedPlan {
  readonly plan: OperationWrite
  readonly committed: Extract<Committed, { kind: 'saved' }>
  /** Monotonic. */
  readonly deadline: number
}

/** After the write, and not before, its commands leave and its events are offered (I1). */
async function saved(parts: OperatorParts, { plan, committed, deadline }: SavedPlan): Promise<Turn<Operated>> {
  const { loaded } = committed
  const { send = [], offer = [], hooked = [] } = plan
  for (const step of hooked) parts.hooks.reportFailures(step)
  if (send.length > 0) parts.sender.sendLeased(loaded.saga, send)
  const sends = parts.redelivery?.namedSends(loaded.saga.id, [...send, ...(plan.entry.step?.owes ?? [])])
  if (offer.length === 0)
    return { ...turnOf(done(loaded.saga, plan), committed.saved, offersAfter(parts, loaded)), sends }
  const offered = await offerDeadEvents(parts, { events: offer, loaded, deadline })
  const { saga } = offered.loaded
  const details = { ...plan.details, ...offered.details }
  return { ...turnOf(done(saga, { ...plan, details }), undefined, offersAfter(parts, offered.loaded)), sends }
}

/** The outcome where the store answered, and nothing was saved now. */
async function unsaved(
  { ledger }: OperatorParts,
  { sagaId }: SagaOperation,
  committed: Exclude<Committed, { kind: 'saved' | 'conflict' }>,
): Promise<Operated> {
  switch (committed.kind) {
    case 'duplicate': {
      // The history has the step of the operation, although its record is no longer kept.
      const loaded = await ledger.read(sagaId)
      return loaded === undefined
        ? { kind: 'unknown-saga', sagaId }
        : { kind: 'repeated', sagaId, state: loaded.saga.state }
    }
    case 'too-large':
      return committed
    case 'unknown':
      return { kind: 'unavailable', why: committed.why }
  }
}
