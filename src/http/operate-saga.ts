import type { Context } from 'hono'
import * as v from 'valibot'
import { describeIssues } from '../codec/message.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { NumberGuard } from '../orchestrator/events/number-guard.ts'
import type { Operated, SagaAction } from '../orchestrator/operators/saga-operation.ts'
import { whyTooLarge } from '../orchestrator/events/size-limit.ts'
import type { BodyReader, JsonBody } from './body-reader.ts'
import { errorResponse, reusedKey, unreadableSaga } from './error-response.ts'
import { operationOrigin } from './operator-headers.ts'
import type { OriginOptions } from './operator-headers.ts'
import { readParameters } from './read-parameters.ts'
import type { RequestIds } from './request-id.ts'
import type { RouteHandler } from './route.ts'

/** Parts of the routes of operators' actions. */
export interface OperateOptions extends OriginOptions {
  readonly corridor: Pick<Corridor, 'operate'>
  readonly ids: RequestIds
  readonly bodies: Pick<BodyReader, 'read' | 'readOptional' | 'drop'>
  readonly numbers: Pick<NumberGuard, 'refusal'>
}

/** Parameters of a query that an action may have. */
export interface ActionParameters {
  readonly dryRun?: boolean | undefined
  readonly channel?: string | undefined
  readonly label?: string | undefined
}

/** The parts of a request that name an action. */
export interface ActionRequest {
  readonly query: ActionParameters
  /** A parameter of the path. */
  readonly parameter: (name: string) => string
  /** As the route's schema has checked it; absent where the route takes none. */
  readonly body?: unknown
}

/** One action: the schemas of its request, and how the request names it. */
export interface ActionRoute {
  readonly query: v.GenericSchema<unknown, ActionParameters>
  readonly body?: v.GenericSchema
  /** The body may be absent. */
  readonly isBodyOptional?: true
  readonly actionOf: (request: ActionRequest) => SagaAction
  /** Status of a refusal. Default: 409. */
  readonly refusal?: 404
}

/** Answers a request for an operator's action on one saga: through the corridor, as a change like any other (P25). */
export function operateSaga(options: OperateOptions, route: ActionRoute): RouteHandler {
  const { corridor, ids, bodies, numbers } = options
  const { query: schema, body: bodySchema, isBodyOptional = false, actionOf, refusal = 409 } = route
  const parameterOf = (c: Context) => (name: string) => c.req.param(name) ?? ''
  const operate = async (c: Context, json?: JsonBody): Promise<Response> => {
    const origin = operationOrigin(c, options)
    if (origin instanceof Response) return origin
    const query = readParameters(c, schema)
    if (typeof query === 'string') return errorResponse(c, 400, query)
    const requestId = ids.of(c)
    const wrong =
      bodySchema &&
      json &&
      (mistakesIn(bodySchema, json.value) ?? numbers.refusal(LABEL, json.inexact, { reqId: requestId }))
    if (wrong !== undefined) return errorResponse(c, 400, wrong)
    const action = actionOf({ query, parameter: parameterOf(c), body: json?.value })
    const { dryRun } = query
    const operation = {
      sagaId: c.req.param('sagaId') ?? '',
      ...origin,
      action,
      requestId,
      ...(dryRun === true && { dryRun }),
    }
    return answer(c, await corridor.operate(operation), { dryRun, refusal })
  }
  if (bodySchema !== undefined)
    return (c) => (isBodyOptional ? bodies.readOptional(c, operate) : bodies.read(c, operate))
  return async (c) => {
    await bodies.drop(c)
    return operate(c)
  }
}

/** Of log lines about numbers in a body. */
const LABEL = "an operator's action"

function mistakesIn(schema: v.GenericSchema, value: unknown): string | undefined {
  const read = v.safeParse(schema, value)
  return read.success ? undefined : describeIssues(read.issues)
}

/** How a request is answered. */
interface AnswerOptions {
  readonly dryRun: boolean | undefined
  readonly refusal: 404 | 409
}

function answer(c: Context, operated: Operated, { dryRun, refusal }: AnswerOptions): Response {
  switch (operated.kind) {
    case 'done': {
      const { sagaId, state: currentState, details } = operated
      return c.json({ outcome: 'done', sagaId, currentState, details, ...(dryRun === true && { dryRun }) })
    }
    case 'repeated':
      return c.json({ outcome: 'repeated', sagaId: operated.sagaId, currentState: operated.state })
    case 'mismatch':
      return reusedKey(c, operated.operation, operated.why)
    case 'invalid':
      return errorResponse(c, 400, operated.why)
    case 'refused':
      return errorResponse(c, refusal, operated.why)
    case 'unknown-saga':
      return errorResponse(c, 404, `there is no saga "${operated.sagaId.slice(0, 200)}"`)
    case 'too-large':
      return errorResponse(c, 413, whyTooLarge(operated))
    case 'unreadable':
      return unreadableSaga(c, operated.sagaId)
    case 'unavailable':
      return errorResponse(c, 503, UNAVAILABLE)
  }
}

const UNAVAILABLE =
  'the action is not done yet, or not known to be: send it again, with its idempotency-key if it had one'
