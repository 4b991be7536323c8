import type { Context } from 'hono'
import * as v from 'valibot'
import { encodeSummary } from '../codec/document.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { Cursor, ListQuery, Page } from '../ports/persistency.ts'
import { errorResponse } from './error-response.ts'
import { parseInstant } from './parse-instant.ts'
import type { RouteHandler } from './route.ts'

/**
 * `GET /sagas`: a page of summaries, newest first. `store` is the store's name, for the 501 of a store that cannot list; `machine`
 * has the business ids that a text may stand for.
 */
export function listSagas(corridor: Corridor, store: string, machine: () => unknown): RouteHandler {
  let businessIds: BusinessIds | undefined
  return async (c) => {
    const query = readQuery(c, (businessIds ??= businessIdsIn(machine())))
    if (typeof query === 'string') return errorResponse(c, 400, query)
    const page = await corridor.list(query)
    if (page !== false) return c.json(encodePage(page))
    return errorResponse(c, 501, `the store "${store}" cannot list sagas; look one up with GET /sagas/{sagaId}`)
  }
}

/** The query of a request, or a sentence that names everything that is wrong with it. */
function readQuery(c: Context, businessIds: BusinessIds): ListQuery | string {
  const given = new Map<string, string>()
  for (const [name, value] of parametersOf(c)) {
    if (given.has(name)) return `${name.slice(0, 200)} is given more than once`
    given.set(name, value)
  }
  const read = v.safeParse(LIST_QUERY, Object.fromEntries(given))
  if (!read.success) return read.issues.map(explain).join('; ')
  const { cursor, businessStateId, ...filters } = read.output
  return { ...filters, businessStateId: businessId(businessStateId, businessIds), after: cursor }
}

/** By the platform's parser, which is linear; Hono's takes quadratic time on a query of many `&` without `=`. */
function parametersOf(c: Context): URLSearchParams {
  const { url } = c.req
  const at = url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
}

const AN_INSTANT = 'must be an ISO 8601 timestamp of a day that exists, such as 2026-01-31T12:00:00Z'
const instant = v.pipe(v.string(), v.transform(parseInstant), v.number(AN_INSTANT))
const LIMIT = 'must be a whole number from 1 to 200'

interface ListParameters extends Omit<ListQuery, 'after' | 'businessStateId'> {
  readonly businessStateId?: string | undefined
  readonly cursor?: Cursor | undefined
}

/** The query of `GET /sagas` (C7): every parameter is optional, given once, and a text. */
export const LIST_QUERY: v.GenericSchema<unknown, ListParameters> = v.strictObject({
  currentState: v.optional(v.string()),
  businessStateId: v.optional(v.string()),
  isFinal: v.optional(
    v.pipe(
      v.picklist(['true', 'false'], 'must be "true" or "false"'),
      v.transform((text) => text === 'true'),
    ),
  ),
  associatedEntityId: v.optional(v.string()),
  since: v.optional(instant),
  until: v.optional(instant),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/, LIMIT), v.transform(Number), v.minValue(1, LIMIT), v.maxValue(200, LIMIT)),
    '50',
  ),
  cursor: v.optional(
    v.pipe(v.string(), v.transform(decodeCursor), v.custom<Cursor>(Boolean, 'is not a cursor of ours')),
  ),
})

/** Business ids of the machine by their texts. */
type BusinessIds = ReadonlyMap<string, string | number>

function businessIdsIn(machine: unknown): BusinessIds {
  const { businessStates } = (machine ?? {}) as { businessStates?: readonly { id: string | number }[] }
  // The first of a repeated id wins.
  return new Map((businessStates ?? []).toReversed().map(({ id }) => [String(id), id]))
}

/** A query holds only texts: the machine's id of this text; of another one, a number where it looks like one (C2.1, C5a). */
function businessId(text: string | undefined, known: BusinessIds): string | number | undefined {
  if (text === undefined || text.trim() === '') return text
  const id = known.get(text)
  if (id !== undefined) return id
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? number : text
}

function encodePage({ items, unreadable = [], next }: Page): object {
  return {
    items: [...items.map(encodeSummary), ...unreadable.map(({ id, why }) => ({ sagaId: id, unreadable: why }))],
    ...(next !== undefined && { next: encodeCursor(next) }),
  }
}

function encodeCursor({ createdAt, id }: Cursor): string {
  return `${createdAt}~${encodeURIComponent(id)}`
}

function decodeCursor(text: string): Cursor | undefined {
  const [, createdAt, id] = /^(-?\d{1,16})~(.+)$/.exec(text) ?? []
  if (createdAt === undefined || id === undefined || Number.isNaN(new Date(Number(createdAt)).getTime()))
    return undefined
  try {
    return { createdAt: Number(createdAt), id: decodeURIComponent(id) }
  } catch {
    return undefined
  }
}

function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the query'
  return issue.type === 'strict_object' ? `${path} is not a known filter` : `${path} ${issue.message}`
}
