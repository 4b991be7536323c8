import type { EventEntry } from '../../codec/history-entry.ts'
import type { EarlierHistory } from '../../codec/hooked-saga.ts'
import { OPERATOR_LABELS } from '../../engine/operator-step.ts'
import type { RedeliverPlan } from '../../engine/redeliver.ts'
import { resendOf } from '../../engine/resend.ts'
import type { CommandId, DeadCommand, Debt, Saga } from '../../engine/saga.ts'
import { readEarlierHistory } from '../events/earlier-history.ts'
import { refused, undelivered } from './operation-plan.ts'
import type { OperationPlan, OperationTask, OperatorParts } from './operation-plan.ts'
import { redeliverWrite, whyHeld } from './plan-redeliver.ts'

/**
 * The command of the state once more, with its key: for a participant that accepted it and lost the work. While it is owed or dead
 * that is a redelivery of this one command.
 */
export async function planResend(parts: OperatorParts, task: OperationTask): Promise<OperationPlan> {
  const { loaded, now } = task
  const { saga } = loaded
  if (saga.hold !== undefined) return refused(whyHeld(saga.hold))
  const history = await readEarlierHistory(parts.persistency, { loaded, isFresh: true })
  if (history === undefined) return { kind: 'outdated' }
  const id = `${saga.id}/${enteringStep(history)}/0`
  if (isUnasked(saga, history, id)) return refused(neverSent(saga.state))
  const plan = { ...NOTHING, history }
  const broken = saga.deadLetters.find((one): one is DeadCommand => one.kind === undefined && one.id === id)
  if (broken?.hookFailed) return redeliverWrite(parts, task, { ...plan, hookFailed: [broken] })
  const resend = resendOf(parts.machine, saga, { now, id, leaseOf: () => 0 })
  switch (resend.kind) {
    case 'refused':
      return refused(resend.why)
    case 'revived': {
      const write = redeliverWrite(parts, task, { ...plan, revived: [resend.debt] })
      const isWarned = write.kind === 'write' && hasOtherBytes(resend.debt, history)
      return isWarned ? { ...write, details: { ...write.details, warning: OTHER_BYTES } } : write
    }
    case 'owed':
      return planOwed(parts, task, { plan, debt: resend.debt })
  }
}

/** A command of the outbox: it is sent now, unless a process sends it. One that is known to be delivered is owed once more. */
function planOwed(
  parts: OperatorParts,
  task: OperationTask,
  { plan, debt }: { readonly plan: RedeliverPlan & { readonly history: EarlierHistory }; readonly debt: Debt },
): OperationPlan {
  const { settlements, debtLeases } = parts
  const { now, loaded } = task
  if (settlements.isDelivered(loaded.saga.id, debt)) {
    const again: Debt = { ...debt, attempts: 0, since: now, held: undefined, due: now, tried: true }
    return redeliverWrite(parts, task, { ...plan, revived: [again] })
  }
  if (debtLeases.isUnderWay(debt)) return refused(underWay(debt.id))
  const earlier = unsentBefore(parts, loaded.saga, debt)
  if (earlier !== undefined) return refused(behind(debt.id, earlier.id))
  return redeliverWrite(parts, task, { ...plan, owed: [debt] })
}

/** For people: a participant that knows the key answers by the first content, one that lost it takes the new one. */
const OTHER_BYTES = 'the metadata were changed since the first send, so the same key carries other content'

/** The metadata of the head, which an operator has changed since the command was made. */
function hasOtherBytes({ payload, body }: Debt, history: EarlierHistory): boolean {
  const later = history.events.slice(enteringStep(history) + 1)
  return payload === undefined && body === undefined && later.some(isPatch)
}

/** An operator has entered the state without its command: a cancellation, or a move. Nothing was sent that could be sent again (P25). */
function isUnasked(
  { owed, delivered = [], deadLetters, operations }: Saga,
  history: EarlierHistory,
  id: CommandId,
): boolean {
  const { operation } = history.events[enteringStep(history)] ?? {}
  if (operation === undefined) return false
  const record = operations?.find((one) => one.id === operation)
  const isAsked = record?.action === 'move' && record.details?.['command'] === true
  // The record may be dropped: then the command itself tells that it was sent.
  return !isAsked && ![...owed, ...delivered, ...deadLetters].some((one) => one.id === id)
}

function neverSent(state: string): string {
  return `an operator has brought the saga into "${state}" without its command, expected a "move" into it with "command": true`
}

/** An earlier command of the saga that no process has begun to send: a first send does not overtake it (P13). */
function unsentBefore(parts: OperatorParts, saga: Saga, debt: Debt): Debt | undefined {
  if (debt.tried === true) return undefined
  const owed = undelivered(parts, saga)
  return owed.slice(0, owed.indexOf(debt)).find((one) => one.tried !== true && !parts.debtLeases.isUnderWay(one))
}

function behind(id: CommandId, earlier: CommandId): string {
  return `the command "${id}" was never sent, and "${earlier}" goes before it, expected a "redeliver", which sends both in their order`
}

function underWay(id: CommandId): string {
  return `the command "${id}" is under way, expected one whose send has ended`
}

const NOTHING: RedeliverPlan = {
  owed: [],
  underWay: [],
  revived: [],
  hookFailed: [],
  gone: [],
  events: [],
  skipped: [],
}

/** Number of the step that entered the state: later ones may have changed metadata or the name of the state alone. */
function enteringStep({ events }: EarlierHistory): number {
  return Math.max(
    0,
    events.findLastIndex((event) => !isStay(event)),
  )
}

function isStay(entry: EventEntry): boolean {
  return entry.renamedFrom !== undefined || isPatch(entry)
}

function isPatch({ event, operation }: EventEntry): boolean {
  return operation !== undefined && event === OPERATOR_LABELS['patch-metadata']
}
