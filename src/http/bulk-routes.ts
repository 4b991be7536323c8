import type { Context } from 'hono'
import * as v from 'valibot'
import type { BulkCancelled, ResultPlace } from '../orchestrator/bulk/bulk-operations.ts'
import type { BulkService } from '../orchestrator/operators/service-control.ts'
import { BULK_BODY } from './bulk-body.ts'
import { errorResponse } from './error-response.ts'
import { operationOrigin, OPERATOR_HEADERS, OPERATOR_HEADERS_OF_BULK } from './operator-headers.ts'
import { cannotList, postOperation } from './post-operation.ts'
import type { BulkRouteOptions } from './post-operation.ts'
import { readParameters } from './read-parameters.ts'
import type { Route, RouteHandler } from './route.ts'
import { BULK_OPERATION, BULK_PAGE, BULK_PREVIEW, BULK_RESULTS } from './control-schemas.ts'
import { errors } from './schemas.ts'
import { shownOperation } from './shown-operation.ts'

const LIMIT = 'must be a whole number from 1 to 1000'
const NO_NEXT = 'is not the "next" of an answer'
const limit = (usual: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, LIMIT),
      v.transform(Number),
      v.minValue(1, LIMIT),
      v.maxValue(1_000, LIMIT),
    ),
    usual,
  )
const RESULTS_QUERY: v.GenericSchema<unknown, { readonly limit: number; readonly after?: ResultPlace | undefined }> =
  v.strictObject({
    limit: limit('100'),
    after: v.optional(v.pipe(v.string(), v.transform(placeOf), v.custom<ResultPlace>(Boolean, NO_NEXT))),
  })
const LIST_OPERATIONS: v.GenericSchema<unknown, { readonly limit: number; readonly after?: string | undefined }> =
  v.strictObject({ limit: limit('20'), after: v.optional(v.string()) })

/** Bulk operations: begin or try one, look at it, cancel it, list them (P25). */
export function bulkRoutes(options: BulkRouteOptions): readonly Route[] {
  const { bulk } = options
  const handle = (use: (bulk: BulkService) => RouteHandler) => (bulk === undefined ? cannotList(options) : use(bulk))
  return [
    {
      method: 'POST',
      path: '/operations',
      guard: 'token',
      request: { headers: OPERATOR_HEADERS_OF_BULK, body: BULK_BODY },
      responses: { 200: BULK_PREVIEW, 202: BULK_OPERATION, ...errors(400, 408, 413, 415, 422, 429, 501, 503) },
      handle: postOperation(options),
    },
    {
      method: 'GET',
      path: '/operations',
      guard: 'token',
      request: { query: LIST_OPERATIONS },
      responses: { 200: BULK_PAGE, ...errors(400, 501, 503) },
      handle: handle(listOperations),
    },
    {
      method: 'GET',
      path: '/operations/:operationId',
      guard: 'token',
      request: { query: RESULTS_QUERY },
      responses: { 200: BULK_RESULTS, ...errors(400, 404, 501, 503) },
      handle: handle(getOperation),
    },
    {
      method: 'DELETE',
      path: '/operations/:operationId',
      guard: 'token',
      request: { headers: OPERATOR_HEADERS },
      responses: { 200: BULK_OPERATION, ...errors(400, 404, 409, 501, 503) },
      handle: handle((service) => cancelOperation(options, service)),
    },
  ]
}

function listOperations({ operations, kept }: BulkService): RouteHandler {
  return async (c) => {
    const query = readParameters(c, LIST_OPERATIONS)
    if (typeof query === 'string') return errorResponse(c, 400, query)
    const all = await operations.all()
    const from = query.after === undefined ? 0 : all.findIndex(({ id }) => id === query.after) + 1
    if (query.after !== undefined && from === 0) return errorResponse(c, 400, `after ${NO_NEXT}`)
    const page = all.slice(from, from + query.limit)
    const next = from + query.limit < all.length ? page.at(-1)?.id : undefined
    const items = page.map((operation) => shownOperation(operation, kept))
    return c.json({ items, ...(next !== undefined && { next }), kept })
  }
}

function getOperation({ operations, kept }: BulkService): RouteHandler {
  return async (c) => {
    const query = readParameters(c, RESULTS_QUERY)
    if (typeof query === 'string') return errorResponse(c, 400, query)
    const operation = await operations.read(idOf(c))
    if (operation === undefined) return unknownOperation(c)
    const { items, end, isLast, areForgotten } = await operations.results(operation, query.limit, query.after)
    const next = isLast && operation.status !== 'running' ? {} : { next: textOf(end) }
    const gap = areForgotten ? { areForgotten } : {}
    return c.json({ ...shownOperation(operation, kept), items, ...next, ...gap })
  }
}

function cancelOperation(options: BulkRouteOptions, { operations, kept }: BulkService): RouteHandler {
  return async (c) => {
    await options.bodies.drop(c)
    const origin = operationOrigin(c, options)
    if (origin instanceof Response) return origin
    const { operator, reason } = origin
    const cancelled: BulkCancelled = await operations.cancel(idOf(c), { operator, reason })
    if (cancelled.kind === 'unknown') return unknownOperation(c)
    if (cancelled.kind === 'cancelled') return c.json(shownOperation(cancelled.operation, kept))
    return errorResponse(c, 409, `the operation "${idOf(c)}" has ended`)
  }
}

function idOf(c: Context): string {
  return (c.req.param('operationId') ?? '').slice(0, 200)
}

function unknownOperation(c: Context): Response {
  return errorResponse(c, 404, `there is no operation "${idOf(c)}"`)
}

function placeOf(text: string): ResultPlace | undefined {
  const [, chunk, at] = /^(\d{1,9})-(\d{1,6})$/.exec(text) ?? []
  return chunk === undefined || at === undefined ? undefined : { chunk: Number(chunk), at: Number(at) }
}

function textOf({ chunk, at }: ResultPlace): string {
  return `${chunk}-${at}`
}
