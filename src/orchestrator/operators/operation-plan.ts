import type { Step } from '../../engine/change.ts'
import type { CommandId, DeadEvent, DeadLetter, Debt, Hold, Instant, Saga, SagaId } from '../../engine/saga.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { CorridorParts } from '../corridor-parts.ts'
import type { LedgerEntry } from '../events/ledger.ts'
import type { Relay } from '../sending/relay.ts'
import type { OperationDetails, SagaOperation } from './saga-operation.ts'

/** Parts of an operator's action. */
export interface OperatorParts extends CorridorParts {
  readonly relay: Pick<Relay, 'withdraw' | 'isPaused' | 'serves'>
}

/** An action on a saga as the store has it now (P9). */
export interface OperationTask {
  readonly operation: SagaOperation
  readonly loaded: Loaded
  readonly now: Instant
}

/** The consequence of an action on a head: the content of one write, or the reason why there is none. */
export type OperationPlan =
  | OperationWrite
  | OperationRefusal
  /** The head is older than the history that was read with it: the same as a conflict. */
  | { readonly kind: 'outdated' }

/** One write; the record of the operation is added to it (P25). */
export interface OperationWrite {
  readonly kind: 'write'
  readonly entry: LedgerEntry
  readonly details: OperationDetails
  /** Commands that the write leases to this process, as they were before: they are sent after it. */
  readonly send?: readonly Debt[] | undefined
  /** Dead letters of events that are offered to the state after the write (P10). */
  readonly offer?: readonly DeadEvent[] | undefined
  /** Steps whose hooks ran again and failed: it is logged after the write. */
  readonly hooked?: readonly Step[] | undefined
}

/** Nothing is written. */
export type OperationRefusal =
  /** The machine lacks what the action names, whatever the saga. */
  | { readonly kind: 'invalid'; readonly why: string }
  /** The action does not fit the saga as it is. */
  | { readonly kind: 'refused'; readonly why: string }

/** Refuses an action that does not fit the saga. */
export function refused(why: string): OperationRefusal {
  return { kind: 'refused', why }
}

/** Ids for the details of a record: the first ones, since a saga keeps its records. Absent where there are none. */
export function listed(name: string, ids: readonly string[]): OperationDetails {
  if (ids.length === 0) return {}
  const shown = ids.slice(0, MOST_LISTED).map((id) => id.slice(0, LONGEST_LISTED))
  return ids.length === shown.length ? { [name]: shown } : { [name]: shown, [`${name}Count`]: ids.length }
}

const MOST_LISTED = 20
/** Characters: those of the longest id. */
const LONGEST_LISTED = 200

/**
 * Ids of commands that the write hands to their channels: `sent`; `paused` where a channel sends nothing until it is resumed (P28);
 * `unknownChannel` where saga.json lacks the channel, so that they wait until it has it.
 */
export function sendDetails({ relay }: Pick<OperatorParts, 'relay'>, debts: readonly Debt[]): OperationDetails {
  const waits = ({ channel }: Debt) => relay.isPaused(channel)
  const served = debts.filter(({ channel }) => relay.serves(channel))
  return {
    ...listed('sent', idsOf(served.filter((debt) => !waits(debt)))),
    ...listed('paused', idsOf(served.filter(waits))),
    ...listed('unknownChannel', idsOf(debts.filter((debt) => !served.includes(debt)))),
  }
}

/** The dead letters that leave with a write, and their reasons, each once: the record alone keeps them. */
export function revivedDetails(letters: readonly DeadLetter[]): OperationDetails {
  return { ...listed('revived', idsOf(letters)), ...reasonDetails(letters) }
}

/** The reasons of dead letters, each once. */
export function reasonDetails(letters: readonly DeadLetter[]): OperationDetails {
  return listed('why', [...new Set(letters.map(reasonOf))])
}

/** With the participant's words, where its last answer is the reason. */
function reasonOf({ why, last }: DeadLetter): string {
  const isReason = last?.status !== undefined && why.endsWith(`status ${last.status}`)
  return isReason && last.answer !== undefined ? `${why}: ${last.answer}` : why
}

/** A hold that ends, or that another one replaces. */
export function holdDetails({ since, until }: Hold): OperationDetails {
  return {
    heldSince: new Date(since).toISOString(),
    ...(until !== undefined && { notBefore: new Date(until).toISOString() }),
  }
}

/** Commands that are owed and not known to be delivered. */
export function undelivered({ settlements }: Pick<CorridorParts, 'settlements'>, saga: Saga): readonly Debt[] {
  const settled = settlements.settledOf(saga)
  return settled === undefined ? saga.owed : saga.owed.filter(({ id }) => !settled.includes(id))
}

/** Ids of debts. */
export function idsOf(debts: readonly { readonly id: string }[]): readonly string[] {
  return debts.map(({ id }) => id)
}

/** Takes the commands of a saga whose send has not begun out of the queues of this process, and returns their ids (P26). */
export function withdrawCommands({ relay }: Pick<OperatorParts, 'relay'>, sagaId: SagaId): readonly CommandId[] {
  // Side effects are not owed: one that is dropped is lost (P5).
  return relay.withdraw(({ kind, command }) => kind === 'command' && command.sagaId === sagaId)
}
