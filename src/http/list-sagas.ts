import type { Context, Hono } from 'hono'
import * as v from 'valibot'
import { encodeSummary } from '../codec/document.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { Cursor, ListQuery } from '../ports/persistency.ts'
import { parseInstant } from './parse-instant.ts'
import { unreadableSaga, errorResponse } from './error-response.ts'

/** Reading sagas: one whole, or a page of heads. `store` is named where it cannot list. */
export function sagas(app: Hono, corridor: Corridor, store: string): void {
  app.get('/sagas/:sagaId', async (c) => {
    const id = c.req.param('sagaId')
    const document = await corridor.document(id)
    if (document === undefined) return errorResponse(c, 404, `there is no saga "${id.slice(0, 200)}"`)
    return 'kind' in document ? unreadableSaga(c, id) : c.json(document)
  })
  app.get('/sagas', (c) => list(c, corridor, store))
}

async function list(c: Context, corridor: Corridor, store: string): Promise<Response> {
  const given = new Map<string, string>()
  for (const [name, value] of parametersOf(c)) {
    if (given.has(name)) return errorResponse(c, 400, `${name.slice(0, 200)} is given more than once`)
    given.set(name, value)
  }
  const read = v.safeParse(QUERY, Object.fromEntries(given))
  if (!read.success) return errorResponse(c, 400, read.issues.map(explain).join('; '))
  const { cursor, businessStateId, ...filters } = read.output
  const query: ListQuery = { ...filters, businessStateId: businessId(businessStateId), after: cursor }
  const page = await corridor.list(query)
  if (page === false)
    return errorResponse(c, 501, `the store "${store}" cannot list sagas; look one up with GET /sagas/{sagaId}`)
  return c.json({
    items: [
      ...page.items.map(encodeSummary),
      ...(page.unreadable ?? []).map(({ id, why }) => ({ sagaId: id, unreadable: why })),
    ],
    ...(page.next !== undefined && { next: encodeCursor(page.next) }),
  })
}

/** The platform's parser is linear; Hono's own searches a query without `=` anew from each `&`. */
function parametersOf(c: Context): URLSearchParams {
  const { url } = c.req
  const at = url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
}

const AN_INSTANT = 'must be an ISO 8601 timestamp of a day that exists, such as 2026-01-31T12:00:00Z'
const instant = v.pipe(v.string(), v.transform(parseInstant), v.number(AN_INSTANT))
const LIMIT = 'must be a whole number from 1 to 200'

const QUERY = v.strictObject({
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

/** A business id is a number as a rule; in a query everything is text (C2.1). */
function businessId(text: string | undefined): string | number | undefined {
  if (text === undefined || text.trim() === '') return text
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? number : text
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
