import * as v from 'valibot'
import { operateSaga } from './operate-saga.ts'
import type { ActionParameters, ActionRoute, OperateOptions } from './operate-saga.ts'
import { OPERATOR_HEADERS } from './operator-headers.ts'
import type { Route } from './route.ts'
import { errors, SAGA_OPERATED } from './schemas.ts'

const dryRun = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'must be "true" or "false"'),
    v.transform((text) => text === 'true'),
  ),
)
type QuerySchema = v.GenericSchema<unknown, ActionParameters>
const DRY_RUN: QuerySchema = v.strictObject({ dryRun })
const REDELIVER: QuerySchema = v.strictObject({
  channel: v.optional(v.pipe(v.string(), v.minLength(1, 'must not be empty'))),
  dryRun,
})

/** The actions of operators on one saga (P25): each is a change like any other, recorded with its reason. */
export function operatorRoutes(options: OperateOptions): readonly Route[] {
  const post = (action: string, route: ActionRoute): Route => ({
    method: 'POST',
    path: `/sagas/:sagaId/${action}`,
    guard: 'token',
    request: { headers: OPERATOR_HEADERS, query: route.query },
    responses: { 200: SAGA_OPERATED, ...errors(400, 404, 409, 413, 500, 503) },
    handle: operateSaga(options, route),
  })
  return [
    post('redeliver', { query: REDELIVER, actionOf: (_, { channel }) => ({ kind: 'redeliver', channel }) }),
    post('hold', { query: DRY_RUN, actionOf: () => ({ kind: 'hold' }) }),
    post('release', { query: DRY_RUN, actionOf: () => ({ kind: 'release' }) }),
  ]
}
