import type { Machine } from '../machine/compile.ts'
import { revivedDebt } from './dead-letters.ts'
import { OPERATOR_LABELS } from './operator-step.ts'
import { RENAMED } from './rename.ts'
import type { CommandId, DeadCommand, DeadLetter, Debt, Delivery, Duration, Instant, Saga, Timer } from './saga.ts'

/** The command of a saga's state once more, under the same id (P18, P25). */
export type Resend =
  /** It is in the outbox: it is redelivered. */
  | { readonly kind: 'owed'; readonly debt: Debt }
  /** It was delivered or given up: a change puts this debt, whose lease begins now, back into the outbox (`Change.revived`). */
  | { readonly kind: 'revived'; readonly debt: Debt }
  | { readonly kind: 'refused'; readonly why: string }

/** The lease of a debt that is put back. */
export interface ResendLease {
  readonly now: Instant
  /** Id of the state's command, where it is known from the history. Default: found by the head. */
  readonly id?: CommandId | undefined
  readonly leaseOf: (channel: string) => Duration
}

/**
 * The resend of a saga's state. The bytes are those of the first send (P5): of the outbox, of the dead letter, or of the delivery and
 * the metadata of the head. Without any of them, as in data of an earlier version, the machine makes the command.
 */
export function resendOf(machine: Machine, saga: Saga, { now, leaseOf, id = commandIdOf(saga) }: ResendLease): Resend {
  const owed = saga.owed.find((debt) => debt.id === id)
  if (owed !== undefined) return { kind: 'owed', debt: owed }
  const debt = putBack(machine, saga, { id, now })
  if (typeof debt === 'string') return { kind: 'refused', why: debt }
  return { kind: 'revived', debt: { ...debt, due: now + leaseOf(debt.channel), claimed: true } }
}

/** The timer after a resend: the participant gets the whole time again, until `deadline`. `null`: there is nothing more to do (P18). */
export function timerAfterResend(timer: Timer, deadline: Instant): Timer | null {
  const resends = timer.resends - 1
  return resends === 0 && timer.event === undefined ? null : { ...timer, resends, deadline }
}

interface LostCommand {
  readonly id: string
  readonly now: Instant
}

/** The debt, or the reason why there is none. */
function putBack(machine: Machine, saga: Saga, { id, now }: LostCommand): Debt | string {
  const fresh = { id, attempts: 0, since: now, due: now, tried: true } as const
  const delivered = saga.delivered?.findLast((delivery) => delivery.id === id)
  if (delivered !== undefined) {
    const { label, channel, trace, headers, body, sends } = delivered
    return { ...fresh, label, channel, trace, headers, body, sends }
  }
  const dead = saga.deadLetters.filter(isCommand).findLast((letter) => letter.id === id)
  if (dead?.hookFailed === true) return `the hook of "${dead.label}" failed, so there is no message`
  if (dead?.lost === 'body') return `the message that the hook of "${dead.label}" made was not kept`
  if (dead !== undefined) return revivedDebt(dead, now)
  const command = machine.states.get(saga.state)?.command
  if (command === undefined) return `the state "${saga.state}" has no command`
  const { label, channel, hook } = command
  return hook === undefined ? { ...fresh, label, channel } : `the message that the hook of "${label}" made was not kept`
}

function isCommand(letter: DeadLetter): letter is DeadCommand {
  return letter.kind === undefined
}

/**
 * The deliveries that a saga keeps are those of its visit. A debt of the visit is known by the number of its step; by its instant, that of
 * the entry, only where steps cannot be counted: two steps may have one instant.
 */
function commandIdOf(saga: Saga): string {
  const { id, owed, delivered, enteredAt } = saga
  const ofVisit = ({ since }: Debt | Delivery) => since === enteredAt
  const uncounted = isUncounted(saga) ? owed.findLast(ofVisit) : undefined
  const known = delivered?.find(ofVisit) ?? delivered?.at(-1) ?? uncounted
  return known?.id ?? `${id}/${enteringStepOf(saga)}/0`
}

/** An earlier version wrote the newest step, which stays in its state, and such steps have no record by which to count them. */
export function isUncounted({ enteringStep, latestEvent }: Saga): boolean {
  return enteringStep === undefined && (latestEvent === RENAMED || latestEvent === OPERATOR_LABELS['patch-metadata'])
}

/** Number of the step that entered the state, without those that came after and stay in it: patches of the metadata by hand, renames. */
export function enteringStepOf(saga: Saga): number {
  const { length, enteredAt = Number.POSITIVE_INFINITY, enteringStep, operations = [] } = saga
  if (enteringStep !== undefined) return enteringStep
  if (!isUncounted(saga)) return length - 1
  // A saga of an earlier version has the records of its patches alone.
  return length - 1 - operations.filter(({ action, at }) => action === 'patch-metadata' && at > enteredAt).length
}
