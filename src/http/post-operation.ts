import type { Context } from 'hono'
import { canonical } from '../codec/canonical-json.ts'
import type { BulkBegun } from '../orchestrator/bulk/bulk-operations.ts'
import type { BulkOperation, BulkRequest } from '../orchestrator/bulk/bulk-operation.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import { freshId, idFromKey } from '../orchestrator/ids.ts'
import type { NumberGuard } from '../orchestrator/events/number-guard.ts'
import type { BulkService } from '../orchestrator/operators/service-control.ts'
import type { BodyReader, JsonBody } from './body-reader.ts'
import { bulkAction, readBulkBody } from './bulk-body.ts'
import type { BulkBody } from './bulk-body.ts'
import { readBulkFilter, unfitAction } from './bulk-request.ts'
import { errorResponse, reusedKey } from './error-response.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { operationOrigin } from './operator-headers.ts'
import type { OriginOptions } from './operator-headers.ts'
import type { RequestIds } from './request-id.ts'
import type { RouteHandler } from './route.ts'
import { shownOperation } from './shown-operation.ts'
import { unknownNames } from './unknown-names.ts'
import type { ShownConfiguration } from './unknown-names.ts'

/** Parts of the routes of bulk operations. */
export interface BulkRouteOptions extends OriginOptions {
  /** Absent where the store cannot list. */
  readonly bulk: BulkService | undefined
  readonly corridor: Corridor
  readonly store: string
  readonly shown: ShownConfiguration
  readonly numbers: Pick<NumberGuard, 'refusal'>
  readonly ids: RequestIds
  readonly bodies: Pick<BodyReader, 'read' | 'drop'>
}

/** `POST /operations`: counts and shows (`dryRun`), or begins one action on all sagas of a filter. */
export function postOperation(options: BulkRouteOptions): RouteHandler {
  const { bulk, bodies, numbers, ids } = options
  if (bulk === undefined) return cannotList(options)
  const begin = async (c: Context, { value, inexact }: JsonBody): Promise<Response> => {
    const body = readBulkBody(value)
    if (typeof body === 'string') return errorResponse(c, 400, body)
    const refusal = numbers.refusal('POST /operations', inexact, { reqId: ids.of(c) })
    if (refusal !== undefined) return errorResponse(c, 400, refusal)
    const request = await requestOf(c, body, options)
    if (request instanceof Response) return request
    if (body.dryRun !== true) return answer(c, await bulk.operations.begin(request, bulk.runUntil()), bulk)
    const { matches, isComplete, items } = await bulk.operations.preview(request, body.sample)
    return c.json({ dryRun: true, matches, isComplete, items, kept: bulk.kept })
  }
  return (c) => bodies.read(c, begin)
}

const INSTEAD =
  'act on each saga by its id (POST /sagas/{sagaId}/redeliver, resend, hold, release, move, cancel); the log names sagas in trouble'

/** Answers 501 with the store that cannot list its sagas. */
export function cannotList({ store, bodies }: Pick<BulkRouteOptions, 'store' | 'bodies'>): RouteHandler {
  return async (c) => {
    await bodies.drop(c)
    return errorResponse(c, 501, `the store "${store}" cannot list sagas, so no operation can find them; ${INSTEAD}`)
  }
}

async function requestOf(c: Context, body: BulkBody, options: BulkRouteOptions): Promise<BulkRequest | Response> {
  const { shown, corridor, runtime } = options
  const origin = operationOrigin(c, options, body)
  if (origin instanceof Response) return origin
  const filter = readBulkFilter(body.filter, shown)
  if (typeof filter === 'string') return errorResponse(c, 400, filter)
  const action = bulkAction(body)
  const unfit = unfitAction(action, shown) ?? (await unknownNames(corridor, shown)({ ...filter, limit: 1 }))
  if (unfit !== undefined) return errorResponse(c, 400, unfit)
  const { rate } = body
  const { operator, reason } = origin
  const key = idempotencyKey(c)
  const id = typeof key === 'string' ? idFromKey(`operation/${key}`) : freshId(runtime)
  const fingerprint = typeof key === 'string' ? idFromKey(canonical([action, filter, reason, rate])) : undefined
  return { id, fingerprint, action, filter, operator, reason, rate }
}

function answer(c: Context, begun: BulkBegun, { kept }: BulkService): Response {
  switch (begun.kind) {
    case 'begun':
    case 'repeated':
      c.header('Location', `${c.req.path}/${begun.operation.id}`)
      return c.json(shownOperation(begun.operation, kept), 202)
    case 'mismatch':
      return reusedKey(c, begun.operation.id, reusedBy(begun.operation))
    case 'too-many':
      return errorResponse(c, 429, `${begun.limit} operations have not ended, as many as may be; cancel one, or wait`)
    case 'too-large':
      return errorResponse(c, 413, 'the operation is larger than a record, which has 48 KiB')
  }
}

function reusedBy({ id, action, startedAt }: BulkOperation): string {
  const first = `the operation "${id}", a "${action.kind}", at ${new Date(startedAt).toISOString()}`
  return `this idempotency-key has begun ${first} with another body, expected another key`
}
