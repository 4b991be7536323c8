import type { Context } from 'hono'
import { traceOf } from '../codec/identity.ts'
import { decodeEvent } from '../codec/message.ts'
import type { Corridor, Outcome, Unexpected } from '../orchestrator/corridor.ts'
import { freshId } from '../orchestrator/ids.ts'
import type { NumberGuard } from '../orchestrator/events/number-guard.ts'
import { whyTooLarge } from '../orchestrator/events/size-limit.ts'
import { whyStranded } from '../orchestrator/events/why-stranded.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { BodyReader, JsonBody } from './body-reader.ts'
import type { RequestIds } from './request-id.ts'
import type { Admission } from './admission.ts'
import { overload, refuseUnread } from './overload.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import { handedOnHeaders } from './handed-on-headers.ts'
import type { HandedOnOptions } from './handed-on-headers.ts'
import { waitedAtHost } from './host-wait.ts'
import { BAD_KEY, idempotencyKey } from './idempotency-key.ts'
import type { RouteHandler } from './route.ts'

/** The parts of `POST /saga` and `POST /event`. */
export interface WriteOptions extends HandedOnOptions {
  readonly corridor: Corridor
  readonly runtime: Runtime
  readonly sagaIdPrefix: string
  readonly numbers: Pick<NumberGuard, 'refusal'>
  readonly ids: RequestIds
  readonly admission: Admission
}

/** `POST /event` (C7): decodes the event, makes its id (P7) and hands it to the corridor. */
export function postEvent(bodies: BodyReader, options: WriteOptions): RouteHandler {
  const { corridor, runtime, numbers, ids, admission } = options
  const handle = async (c: Context, body: JsonBody): Promise<Response> => {
    const id = idempotencyKey(c) ?? freshId(runtime)
    if (id === false) return errorResponse(c, 400, BAD_KEY)
    const headers = handedOnHeaders(c, options)
    if (headers instanceof Response) return headers
    const read = decodeEvent(body.value, { id, trace: traceOf(c.req.header('traceparent')), headers })
    if (!read.ok) return errorResponse(c, 400, read.why)
    const requestId = ids.of(c)
    const refusal = numbers.refusal(read.value.label, body.inexact, { reqId: requestId })
    if (refusal !== undefined) return errorResponse(c, 400, refusal)
    const event = { ...read.value, requestId }
    const outcome = await admission.run(event.sagaId, () => corridor.handle(event))
    return typeof outcome === 'string' ? overload(c, outcome) : answer(c, outcome)
  }
  return (c) => {
    const refusal = admission.refusalOf('event', waitedAtHost(c))
    return refusal === undefined ? bodies.read(c, handle) : refuseUnread(c, refusal, { admission, bodies })
  }
}

/** C7's answers of `POST /event`. */
function answer(c: Context, outcome: Outcome): Response {
  switch (outcome.kind) {
    case 'moved':
    case 'duplicate':
    case 'parked':
      return c.json({ outcome: outcome.kind, sagaId: outcome.sagaId, currentState: outcome.state })
    case 'unexpected':
      return unexpected(c, outcome)
    case 'parking-full':
      return errorResponse(
        c,
        429,
        `the saga "${outcome.sagaId}" keeps ${outcome.limit} parked events, as many as it may`,
      )
    case 'refused':
      return errorResponse(c, 422, outcome.why)
    case 'unknown-saga':
      return errorResponse(c, 404, `there is no saga "${outcome.sagaId}"`)
    case 'too-large':
      return errorResponse(c, 413, whyTooLarge(outcome))
    case 'stranded':
      return errorResponse(c, 503, whyStranded(outcome.state))
    case 'unreadable':
      return unreadableSaga(c, outcome.sagaId)
    case 'unavailable':
      return errorResponse(c, 503, UNAVAILABLE)
  }
}

function unexpected(c: Context, { sagaId, state, label, expected, reject }: Unexpected): Response {
  if (!reject) return c.json({ outcome: 'unexpected', sagaId, currentState: state })
  const list = expected.length === 0 ? 'no event' : `one of ${expected.map((one) => `"${one}"`).join(', ')}`
  return errorResponse(c, 409, `the saga is in "${state}", which expects ${list}, not "${label}"`)
}

const UNAVAILABLE =
  'the event is not done with yet, or not known to be: send it again, with its idempotency-key if it had one'
