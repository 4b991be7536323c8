import type { Context } from 'hono'
import * as v from 'valibot'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { Operated, SagaAction } from '../orchestrator/saga-operation.ts'
import { whyTooLarge } from '../orchestrator/size-limit.ts'
import type { BodyReader, JsonBody } from './body-reader.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import { operationOrigin } from './operator-headers.ts'
import type { OriginOptions } from './operator-headers.ts'
import { readParameters } from './read-parameters.ts'
import type { RequestIds } from './request-id.ts'
import type { RouteHandler } from './route.ts'

/** Parts of the routes of operators' actions. */
export interface OperateOptions extends OriginOptions {
  readonly corridor: Pick<Corridor, 'operate'>
  readonly ids: RequestIds
  readonly bodies: Pick<BodyReader, 'read' | 'drop'>
}

/** Parameters of a query that an action may have. */
export interface ActionParameters {
  readonly dryRun?: boolean | undefined
  readonly channel?: string | undefined
  readonly label?: string | undefined
}

/** One action: the schema of its query, and how the request names it. */
export interface ActionRoute {
  readonly query: v.GenericSchema<unknown, ActionParameters>
  /** The action, or a sentence about a mistake in the body. `body` is absent where the route takes none. */
  readonly actionOf: (c: Context, parameters: ActionParameters, body?: JsonBody) => SagaAction | string
  readonly hasBody?: boolean
}

/** Answers a request for an operator's action on one saga: through the corridor, as a change like any other (P25). */
export function operateSaga(options: OperateOptions, route: ActionRoute): RouteHandler {
  const { corridor, ids, bodies } = options
  const operate = async (c: Context, body?: JsonBody): Promise<Response> => {
    const origin = operationOrigin(c, options)
    if (origin instanceof Response) return origin
    const parameters = readParameters(c, route.query)
    if (typeof parameters === 'string') return errorResponse(c, 400, parameters)
    const action = route.actionOf(c, parameters, body)
    if (typeof action === 'string') return errorResponse(c, 400, action)
    const sagaId = c.req.param('sagaId') ?? ''
    const { dryRun } = parameters
    const operation = { sagaId, ...origin, action, requestId: ids.of(c), ...(dryRun === true && { dryRun }) }
    return answer(c, await corridor.operate(operation), dryRun)
  }
  if (route.hasBody === true) return (c) => bodies.read(c, operate)
  return async (c) => {
    await bodies.drop(c)
    return operate(c)
  }
}

function answer(c: Context, operated: Operated, dryRun: boolean | undefined): Response {
  switch (operated.kind) {
    case 'done': {
      const { sagaId, state: currentState, details } = operated
      return c.json({ outcome: 'done', sagaId, currentState, details, ...(dryRun === true && { dryRun }) })
    }
    case 'repeated':
      return c.json({ outcome: 'repeated', sagaId: operated.sagaId, currentState: operated.state })
    case 'invalid':
      return errorResponse(c, 400, operated.why)
    case 'refused':
      return errorResponse(c, 409, operated.why)
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
