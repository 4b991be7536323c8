import { buildCommand } from '@stricli/core'
import type { SagaMarks } from '../../../src/codec/saga-summary.ts'
import type { CommandLine } from '../../command-line.ts'
import { failureText } from '../../service/api-client.ts'
import { FILTER_FLAGS, filterOf, limitFlag } from '../../service/filter-flags.ts'
import type { FilterFlags } from '../../service/filter-flags.ts'
import { readPages } from '../../service/saga-pages.ts'
import type { SagaListItem } from '../../service/saga-pages.ts'
import { SERVICE_FLAGS, apiClient } from '../../service/service-flags.ts'
import type { ServiceFlags } from '../../service/service-flags.ts'
import { table } from '../../service/table.ts'

interface ListFlags extends ServiceFlags, FilterFlags {
  readonly limit: number
}

/** `batuta sagas list`: a table of sagas by filters, or JSON. */
export const list = buildCommand<ListFlags, [], CommandLine>({
  docs: {
    brief: 'List sagas, newest first',
    fullDescription: [
      'Filters are combined with "and". --json prints one object with the items of all pages.',
      'Exit code: 0, or 1 where the service does not answer or refuses.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      ...SERVICE_FLAGS,
      ...FILTER_FLAGS,
      limit: limitFlag('50'),
    },
  },
  async func(flags) {
    const { stdout, stderr } = this.process
    const items: SagaListItem[] = []
    const asked = { filters: filterOf(flags), most: flags.limit }
    const read = await readPages(apiClient(flags, this.process), asked, (page) => void items.push(...page))
    if (!read.ok) {
      stderr.write(`list sagas: ${failureText(read)}\n`)
      return this.end(1)
    }
    const { next: cursor } = read
    const more = cursor === undefined ? {} : { next: cursor }
    if (flags.json) return void stdout.write(`${JSON.stringify({ items, ...more }, undefined, 2)}\n`)
    stdout.write(items.length === 0 ? 'no sagas\n' : table(TITLES, items.map(rowOf)))
    if (cursor !== undefined) stderr.write(`there are more than ${flags.limit}; --limit shows them\n`)
  },
})

const TITLES = ['SAGA', 'STATE', 'SINCE', 'ENTITY', 'CREATED', 'MARKS']

function rowOf(item: SagaListItem): readonly (string | undefined)[] {
  if ('unreadable' in item) return [item.sagaId, `unreadable: ${item.unreadable}`]
  const { sagaId, currentState, isFinal, associatedEntityId, createdAt, stateSince, marks } = item
  const state = isFinal ? `${currentState} (final)` : currentState
  return [sagaId, state, stateSince, associatedEntityId, createdAt, marksText(marks)]
}

/** The marks of a saga: what it waits for, or needs an operator for. */
function marksText({ owed, deadLetters, parked, timer, hold, until }: SagaMarks = {}): string {
  return [
    ...(hold === undefined ? [] : [`held since ${hold}${until === undefined ? '' : ` until ${until}`}`]),
    ...(deadLetters === undefined ? [] : [`dead letters: ${deadLetters}`]),
    ...(owed === undefined ? [] : [`owed: ${owed}`]),
    ...(parked === undefined ? [] : [`parked: ${parked}`]),
    ...(timer === undefined ? [] : [`timer at ${timer}`]),
  ].join(', ')
}
