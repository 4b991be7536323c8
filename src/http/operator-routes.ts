import * as v from 'valibot'
import { MESSAGE_BODY } from '../codec/message.ts'
import type { MessageBody } from '../codec/message.ts'
import type { Metadata } from '../engine/saga.ts'
import type { SagaAction } from '../orchestrator/operators/saga-operation.ts'
import { operateSaga } from './operate-saga.ts'
import type { ActionParameters, ActionRoute, OperateOptions } from './operate-saga.ts'
import { CANCEL_BODY, METADATA_PATCH, MOVE_BODY, REDELIVER_BODY } from './operator-bodies.ts'
import type { CancelBody, MoveBody, RedeliverBody } from './operator-bodies.ts'
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

const DROP: QuerySchema = v.strictObject({ label: v.optional(v.string()), dryRun })

/** The actions of operators on one saga (P25): each is a change like any other, recorded with its reason. */
export function operatorRoutes(options: OperateOptions): readonly Route[] {
  const routeOf = (method: Route['method'], path: string, action: ActionRoute): Route => ({
    method,
    path: `/sagas/:sagaId/${path}`,
    guard: 'token',
    request: {
      headers: OPERATOR_HEADERS,
      query: action.query,
      ...(action.body !== undefined && { body: action.body, isBodyOptional: action.isBodyOptional }),
    },
    responses: {
      200: SAGA_OPERATED,
      ...errors(400, 404, 409, 413, 422, 500, 503),
      ...(action.body !== undefined && errors(408, 415)),
    },
    handle: operateSaga(options, action),
  })
  return [
    routeOf('POST', 'redeliver', {
      query: REDELIVER,
      body: REDELIVER_BODY,
      isBodyOptional: true,
      actionOf: ({ query: { channel }, body }) => ({
        kind: 'redeliver',
        channel,
        ...(body as RedeliverBody | undefined),
      }),
    }),
    routeOf('POST', 'resend', { query: DRY_RUN, actionOf: () => ({ kind: 'resend' }) }),
    routeOf('POST', 'hold', { query: DRY_RUN, actionOf: () => ({ kind: 'hold' }) }),
    routeOf('POST', 'release', { query: DRY_RUN, actionOf: () => ({ kind: 'release' }) }),
    routeOf('POST', 'event', {
      query: DRY_RUN,
      body: MESSAGE_BODY,
      actionOf: ({ body }) => eventAction(body as SentMessage),
    }),
    routeOf('POST', 'move', {
      query: DRY_RUN,
      body: MOVE_BODY,
      actionOf: ({ body }) => ({ kind: 'move', ...(body as MoveBody) }),
    }),
    routeOf('POST', 'cancel', {
      query: DRY_RUN,
      body: CANCEL_BODY,
      actionOf: ({ body }) => ({ kind: 'cancel', ...(body as CancelBody) }),
    }),
    routeOf('PATCH', 'metadata', {
      query: DRY_RUN,
      body: METADATA_PATCH,
      actionOf: ({ body }) => ({ kind: 'patch-metadata', metadata: body as Metadata }),
    }),
    routeOf('DELETE', 'parked/:eventId', {
      query: DROP,
      refusal: 404,
      actionOf: ({ parameter, query: { label } }) => ({ kind: 'drop-parked', event: parameter('eventId'), label }),
    }),
    routeOf('DELETE', 'dead-letters/:letterId', {
      query: DROP,
      refusal: 404,
      actionOf: ({ parameter, query: { label } }) => ({
        kind: 'drop-dead-letter',
        letter: parameter('letterId'),
        label,
      }),
    }),
  ]
}

/** As the schema has checked it: a payload may be null, which is an empty one (C3.4). */
type SentMessage = Pick<MessageBody, 'messageLabel'> & { readonly messagePayload: Metadata | null }

function eventAction({ messageLabel: label, messagePayload }: SentMessage): SagaAction {
  return { kind: 'send-event', label, payload: messagePayload ?? {} }
}
