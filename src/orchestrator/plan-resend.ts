import type { EventEntry } from '../codec/document.ts'
import type { EarlierHistory } from '../codec/hooked-saga.ts'
import { revivedDebt } from '../engine/dead-letters.ts'
import { OPERATOR_LABELS } from '../engine/operator-step.ts'
import type { RedeliverPlan } from '../engine/redeliver.ts'
import type { DeadCommand, Debt, Instant, Saga } from '../engine/saga.ts'
import type { Machine } from '../machine/compile.ts'
import { readEarlierHistory } from './earlier-history.ts'
import { refused, undelivered } from './operation-plan.ts'
import type { OperationPlan, OperationTask, OperatorParts } from './operation-plan.ts'
import { HELD, redeliverWrite } from './plan-redeliver.ts'

/**
 * The command of the state once more, with its key: for a participant that accepted it and lost the work. While it is owed or dead
 * that is a redelivery of this one command.
 */
export async function planResend(parts: OperatorParts, task: OperationTask): Promise<OperationPlan> {
  const { loaded, now } = task
  const { saga } = loaded
  if (saga.hold !== undefined) return refused(HELD)
  const history = await readEarlierHistory(parts.persistency, { loaded, isFresh: true })
  if (history === undefined) return { kind: 'outdated' }
  const id = `${saga.id}/${enteringStep(history)}/0`
  const plan = { ...NOTHING, history }

  const owed = undelivered(parts, saga).find((debt) => debt.id === id)
  if (owed !== undefined && parts.sender.isUnderWay(owed)) return refused(`the command "${id}" is under way`)
  if (owed !== undefined) return redeliverWrite(parts, task, { ...plan, owed: [owed] })
  const letter = saga.deadLetters.find((one): one is DeadCommand => one.kind === undefined && one.id === id)
  if (letter?.hookFailed) return redeliverWrite(parts, task, { ...plan, hookFailed: [letter] })
  const debt = letter === undefined ? sentOnce(parts.machine, saga, { id, now }) : revivedDebt(letter, now)
  return typeof debt === 'string' ? refused(debt) : redeliverWrite(parts, task, { ...plan, revived: [debt] })
}

const NOTHING: RedeliverPlan = { owed: [], underWay: [], revived: [], hookFailed: [], events: [] }

/** Number of the step that entered the state: later ones may have changed metadata or the name of the state alone. */
function enteringStep({ events }: EarlierHistory): number {
  return Math.max(
    0,
    events.findLastIndex((event) => !isStay(event)),
  )
}

function isStay({ event, operation, renamedFrom }: EventEntry): boolean {
  return renamedFrom !== undefined || (operation !== undefined && event === OPERATOR_LABELS['patch-metadata'])
}

/** A delivered command as a debt of the same bytes, or the reason why it cannot be made again. */
function sentOnce(
  machine: Machine,
  saga: Saga,
  { id, now }: { readonly id: string; readonly now: Instant },
): Debt | string {
  const again = { attempts: 0, since: now, due: now, tried: true } as const
  const delivered = saga.delivered?.find((one) => one.id === id)
  if (delivered !== undefined) {
    const { label, channel, trace, headers, body } = delivered
    return { id, label, channel, trace, headers, body, ...again }
  }
  const state = machine.states.get(saga.state)
  if (state === undefined) return `the saga is in "${saga.state}", which this machine does not have`
  if (state.command === undefined) return `the state "${saga.state}" has no command, expected one that has`
  const { label, channel, hook } = state.command
  if (hook === undefined) return { id, label, channel, ...again }
  return `the message of the command "${label}" was made by a hook and is no longer kept, so it cannot be sent with the same bytes`
}
