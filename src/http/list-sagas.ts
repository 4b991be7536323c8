import type { Context } from 'hono'
import { encodeSummary } from '../codec/saga-summary.ts'
import type { StateCount } from '../codec/state-count.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { SagaQuery } from '../orchestrator/answer-filter.ts'
import type { Cursor, Page, Uncounted } from '../ports/persistency.ts'
import { errorResponse } from './error-response.ts'
import { expectedEvents } from './expected-events.ts'
import type { ExpectedEvents } from './expected-events.ts'
import { LIST_QUERY, unfitAnswer } from './list-query.ts'
import type { ListParameters } from './list-query.ts'
import { readParameters } from './read-parameters.ts'
import type { RouteHandler } from './route.ts'
import { unknownNames } from './unknown-names.ts'
import type { ShownConfiguration } from './unknown-names.ts'

/** Options of `listSagas`. */
export interface ListOptions {
  readonly corridor: Corridor
  /** The store's name, for the 501 of a store that cannot list. */
  readonly store: string
  /** Has the business ids that a text may stand for, and the states and channels of a filter. */
  readonly shown: ShownConfiguration
}

/** `GET /sagas`: a page of summaries, newest first. A state or a channel that neither saga.json nor a saga has is 400. */
export function listSagas({ corridor, store, shown }: ListOptions): RouteHandler {
  let businessIds: BusinessIds | undefined
  const unknownName = unknownNames(corridor, shown)
  const expected = expectedEvents(shown)
  return async (c) => {
    const read = readQuery(c, (businessIds ??= businessIdsIn(shown.machine)))
    if (typeof read === 'string') return errorResponse(c, 400, read)
    const { counts: isCounting = false, ...query } = read
    const unknown = await unknownName(query)
    if (unknown !== undefined) return errorResponse(c, 400, unknown)
    const { limit: _, after: __, ...filters } = query
    const [page, counts] = await Promise.all([corridor.list(query), isCounting ? corridor.count(filters) : undefined])
    if (page === false)
      return errorResponse(c, 501, `the store "${store}" cannot list sagas; look one up with GET /sagas/{sagaId}`)
    if (counts === false)
      return errorResponse(c, 501, `the store "${store}" cannot count sagas; list them without counts`)
    return c.json({ ...encodePage(page, expected), ...(counts !== undefined && encodeCounts(counts)) })
  }
}

/** A page, and the numbers of its filters where they are asked for. */
type AskedList = SagaQuery & Pick<ListParameters, 'counts'>

/** The query of a request, or a sentence that names everything that is wrong with it. */
function readQuery(c: Context, businessIds: BusinessIds): AskedList | string {
  const read = readParameters(c, LIST_QUERY, 'filter')
  if (typeof read === 'string') return read
  const unfit = unfitAnswer(read)
  if (unfit !== undefined) return unfit
  const { cursor, businessStateId, ...filters } = read
  return { ...filters, businessStateId: businessId(businessStateId, businessIds), after: cursor }
}

/** Business ids of the machine by their texts. */
export type BusinessIds = ReadonlyMap<string, string | number>

/** The business ids of a machine. */
export function businessIdsIn(machine: unknown): BusinessIds {
  const { businessStates } = (machine ?? {}) as { businessStates?: readonly { id: string | number }[] }
  // The first of a repeated id wins.
  return new Map((businessStates ?? []).toReversed().map(({ id }) => [String(id), id]))
}

/** A query holds only texts: the machine's id of this text; of another one, a number where it looks like one (C2.1, C5a). */
export function businessId(text: string | undefined, known: BusinessIds): string | number | undefined {
  if (text === undefined || text.trim() === '') return text
  const id = known.get(text)
  if (id !== undefined) return id
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? number : text
}

function encodePage({ items, unreadable = [], next }: Page, expected: ExpectedEvents): object {
  return {
    items: [
      ...items.map((saga) => ({ ...encodeSummary(saga), ...expected(saga.state) })),
      ...unreadable.map(({ id, why }) => ({ sagaId: id, unreadable: why })),
    ],
    ...(next !== undefined && { next: encodeCursor(next) }),
  }
}

/** The numbers, or why there are none now. */
function encodeCounts(counts: readonly StateCount[] | Uncounted): object {
  return 'why' in counts ? { uncounted: counts.why } : { counts: counts.map(encodeCount) }
}

function encodeCount({ oldestDebt, ...count }: StateCount): object {
  return { ...count, ...(oldestDebt !== undefined && { oldestDebt: new Date(oldestDebt).toISOString() }) }
}

/** The cursor of a page, as an answer has it. */
export function encodeCursor({ createdAt, id }: Cursor): string {
  return `${createdAt}~${encodeURIComponent(id)}`
}
