import type {
  DeadLetterDocument,
  DebtDocument,
  DeliveryDocument,
  OperationEntry,
  SagaDocument,
} from '../../../src/codec/saga-document.ts'
import { printable } from '../../service/printable.ts'
import { table } from '../../service/table.ts'
import { factsOf } from './facts-of.ts'

/** Entries of the history that are shown; JSON has all. */
const NEWEST = 20

/** A saga as the service answers it: its document, and the events that its state lists. */
export type ShownSaga = Omit<SagaDocument, 'owed'> & {
  readonly waitingFor?: readonly string[]
  readonly owed?: readonly ShownDebt[]
  /** saga.json lacks the state. */
  readonly isUnknownState?: true
}

/** `isPaused`: an operator has paused its channel. `isUnknownChannel`: saga.json lacks it. */
type ShownDebt = DebtDocument & { readonly isPaused?: true; readonly isUnknownChannel?: true }

/** A saga for people: where it is, what it waits for, what it owes, its newest history, and the operators' actions on it. */
export function formatSaga(saga: ShownSaga): string {
  const { sagaId, currentState, isFinal, associatedEntityId, stateSince, hold, timer, waitingFor = [] } = saga
  const since = stateSince === undefined ? '' : ` since ${stateSince}`
  const heads = [
    `saga ${sagaId}${associatedEntityId === '' ? '' : ` of ${associatedEntityId}`}`,
    `state ${currentState}${isFinal ? ' (final)' : ''}${since}${saga.isUnknownState ? ', which saga.json lacks: the saga waits for one that has it' : ''}`,
    ...(hold === undefined
      ? []
      : [
          `${hold.isBeginning ? 'not begun, ' : ''}held since ${hold.since}${hold.until === undefined ? '' : ` until ${hold.until}`}`,
        ]),
    ...(timer === undefined ? [] : [`timer at ${timer.deadline}: ${timerEffect(timer)}`]),
    ...(waitingFor.length === 0 ? [] : [`waits for ${waitingFor.join(', ')}`]),
    `metadata ${JSON.stringify(saga.metadata)}`,
  ]
  return [
    `${heads.map((line) => `${printable(line)}\n`).join('')}`,
    part(
      'owed',
      table(
        ['COMMAND', 'CHANNEL', 'ID', 'ANSWERS', 'SENDS', 'LAST', 'NEXT'],
        (saga.owed ?? []).map((debt) => debtRow(debt, saga)),
      ),
    ),
    part('dead letters', table(['LABEL', 'CHANNEL', 'ID', 'SINCE', 'WHY'], (saga.deadLetters ?? []).map(letterRow))),
    part('delivered', table(['COMMAND', 'CHANNEL', 'ID', 'AT', 'SENDS'], (saga.delivered ?? []).map(deliveryRow))),
    part('parked', table(['EVENT', 'ID', 'SINCE', 'EXPIRES'], parkedRows(saga))),
    part('history', table(['TIME', 'EVENT', 'STATE', 'BY'], historyRows(saga))),
    part('operations', table(['TIME', 'ACTION', 'BY', 'REASON', 'DETAILS'], operationRows(saga))),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

function part(title: string, rows: string): string {
  return rows === '' ? '' : `${title}\n${rows}`
}

function timerEffect({ resends, event }: NonNullable<SagaDocument['timer']>): string {
  const effects = [
    ...(resends > 0 ? [`${resends} more ${resends === 1 ? 'send' : 'sends'}`] : []),
    ...(event === undefined ? [] : [`event ${event}`]),
  ]
  return effects.join(', then ') || 'nothing'
}

function debtRow(debt: ShownDebt, { hold }: ShownSaga): readonly string[] {
  const { label, channel, id, attempts, sends = 0, last } = debt
  const answer = last === undefined ? '' : [last.status, last.answer].filter(Boolean).join(' ')
  return [label, channel, id, String(attempts), String(sends), shortened(answer), nextSend(debt, hold)]
}

function nextSend({ due, isPaused, isUnknownChannel }: ShownDebt, hold: ShownSaga['hold']): string {
  if (isUnknownChannel === true) return 'once saga.json has the channel'
  if (hold !== undefined) return hold.until ?? 'after the release'
  return isPaused === true ? 'after the pause' : due
}

/** A reason of a host names the address first and the cause last. */
function shortened(words: string): string {
  return words.length <= LONGEST_WORDS ? words : `${words.slice(0, LONGEST_WORDS - 1)}…`
}

const LONGEST_WORDS = 160

function letterRow({ label, channel, id, since, why, last }: DeadLetterDocument): readonly string[] {
  const words = [why, last?.answer].filter(Boolean).join(': ')
  return [label, channel ?? '(event)', id, since, shortened(words)]
}

function deliveryRow({ label, channel, id, at, sends }: DeliveryDocument): readonly string[] {
  return [label, channel, id, at, String(sends)]
}

function operationRows({ history: { operations = [] } }: SagaDocument): readonly (readonly string[])[] {
  return operations
    .slice(-NEWEST)
    .map(({ at, action, operator, reason, details = {} }: OperationEntry) => [
      at,
      action,
      operator,
      reason,
      factsOf(details),
    ])
}

function parkedRows({ parked = [] }: SagaDocument): readonly (readonly string[])[] {
  return parked.map(({ event, since, expires }) => [event.label, event.id, since, expires])
}

/** The cause of a step that no participant made: the operator of its record, or the former name of the state. */
function historyRows({ history: { states, events, operations = [] } }: SagaDocument): readonly (readonly string[])[] {
  const operators = new Map(operations.map(({ id, operator, reason }) => [id, `${operator}: ${reason}`]))
  const rows = events.map(({ event, id, timestamp, operation, renamedFrom }, at) => {
    const known = operators.get(operation ?? id) ?? (operation && 'operator')
    const by = known ?? (renamedFrom && `renamed from ${renamedFrom}`)
    return [timestamp, event, states[at]?.state ?? '', by ?? '']
  })
  return rows.slice(-NEWEST)
}
