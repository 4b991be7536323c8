import { printable } from '../../service/printable.ts'
import { quoted } from '../../service/quoted.ts'
import { table } from '../../service/table.ts'
import type { DifferenceGroup, ReplayReport } from './replay-tally.ts'

/** Groups that are shown; JSON has all. */
const MOST = 50

/** A replay for people. */
export function formatReplay(report: ReplayReport): string {
  const { sagas, same, differences, others, lostStates, unreachedStates, unknownStates, unread } = report
  const rows = differences.slice(0, MOST).map(rowOf)
  const hidden = differences.slice(MOST).reduce((sum, group) => sum + group.sagas, others)
  return [
    `${counted(sagas, 'history', 'histories')}: ${same} would go the same way, ${sagas - same} would not\n`,
    table(['SAGAS', 'IN STATE', 'EVENT', 'BEFORE', 'NOW', 'SUCH AS'], rows),
    hidden === 0 ? '' : `${counted(hidden, 'more saga')} with other differences\n`,
    namesText('states that the file lacks, under this name and in settings.movedStates', unknownStates),
    namesText('states that no history would reach any more', lostStates),
    namesText('states that no history has reached or would reach', unreachedStates),
    unreadText(unread),
    'payloads of past events are not stored: schemas, hooks and metadata are not replayed\n',
  ]
    .filter((text) => text !== '')
    .join('\n')
}

function rowOf({ kind, sagas, state = '', event, before, now, examples }: DifferenceGroup): readonly string[] {
  return [String(sagas), state, event, before, NOW[kind] ?? now ?? '', examples.slice(0, 2).join(', ')]
}

/** Words in place of a state. */
const NOW: Readonly<Partial<Record<DifferenceGroup['kind'], string>>> = {
  unexpected: '(unexpected)',
  missing: '(no such state)',
}

function namesText(title: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${title}: ${names.map(quoted).join(', ')}\n`
}

function unreadText({ sagas, examples }: ReplayReport['unread']): string {
  if (sagas === 0) return ''
  const lines = examples.map(({ sagaId, why }) => `  ${quoted(sagaId)}: ${printable(why)}\n`)
  return `${counted(sagas, 'saga')} could not be read\n${lines.join('')}`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
