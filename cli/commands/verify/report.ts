import { printable } from '../../service/printable.ts'
import { table } from '../../service/table.ts'
import type { Cut } from './firsts.ts'
import type { Survey } from './survey.ts'

/** The survey for people: what is wrong first, then what waits longest. */
export function formatSurvey(survey: Survey): string {
  const { sagas, violated, violations, unreadable, missing, debts, stale, otherMachines } = survey
  const count = Object.values(violated).reduce((sum, one) => sum + one, 0)
  const rules = Object.entries(violated).map(([rule, times]) => `${rule}: ${times}`)
  return [
    `${sagas} sagas, ${count} violations${rules.length === 0 ? '' : ` (${rules.join(', ')})`}, `,
    `${unreadable.count} unreadable, ${debts.count} commands owed, ${stale.count} stale\n`,
    ...(otherMachines > 0 ? [`${otherMachines} entries of other machines, judged without their machine\n`] : []),
    section('violations', { count, first: violations }, ['RULE', 'SAGA', 'WHY'], ({ rule, sagaId, why }) => [
      rule,
      sagaId,
      why,
    ]),
    section('unreadable', unreadable, ['SAGA', 'WHY'], ({ sagaId, unreadable: why }) => [sagaId, why]),
    section('no such saga', missing, ['SAGA'], (sagaId) => [sagaId]),
    section('oldest debts', debts, ['SINCE', 'SAGA', 'COMMAND', 'CHANNEL', 'ANSWERS', 'LAST'], (debt) => [
      debt.since,
      debt.sagaId,
      debt.id,
      debt.channel,
      String(debt.attempts),
      debt.last?.slice(0, LONGEST),
    ]),
    section('stale sagas', stale, ['SINCE', 'SAGA', 'STATE', 'DEAD LETTERS'], (saga) => [
      saga.since,
      saga.sagaId,
      saga.state,
      saga.deadLetters === 0 ? '' : String(saga.deadLetters),
    ]),
  ].join('')
}

/** Characters of an answer in a table. */
const LONGEST = 80

type RowOf<Item> = (item: Item) => readonly (string | undefined)[]

function section<Item>(
  title: string,
  { count, first }: Cut<Item>,
  ...[titles, rowOf]: [readonly string[], RowOf<Item>]
): string {
  if (count === 0) return ''
  const more = count > first.length ? `, the first ${first.length} of ${count}` : ''
  return `\n${printable(title)}${more}\n${table(titles, first.map(rowOf))}`
}
