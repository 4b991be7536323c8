import type { Context } from 'hono'
import { traceOf } from '../codec/identity.ts'
import { decodeCreation } from '../codec/message.ts'
import type { CreationBody } from '../codec/message.ts'
import type { Metadata } from '../engine/saga.ts'
import type { Created } from '../orchestrator/corridor.ts'
import { fingerprintOf, freshId, idFromKey } from '../orchestrator/ids.ts'
import { whyTooLarge } from '../orchestrator/size-limit.ts'
import type { BodyReader, JsonBody } from './body-reader.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import { handedOnHeaders } from './handed-on-headers.ts'
import { BAD_KEY, idempotencyKey } from './idempotency-key.ts'
import type { WriteOptions } from './post-event.ts'
import type { RouteHandler } from './route.ts'

/** `POST /saga` (C7): decodes the creation, makes the saga's id (P8, C4.1) and hands both to the corridor. */
export function postSaga(bodies: BodyReader, options: WriteOptions): RouteHandler {
  const { corridor, runtime, sagaIdPrefix, numbers, ids } = options
  const create = async (c: Context, body: JsonBody): Promise<Response> => {
    const key = idempotencyKey(c)
    if (key === false) return errorResponse(c, 400, BAD_KEY)
    const headers = handedOnHeaders(c, options)
    if (headers instanceof Response) return headers
    const read = decodeCreation(body.value, body.inexact)
    if (!read.ok) return errorResponse(c, 400, read.why)
    const requestId = ids.of(c)
    const refusal = numbers.refusal('POST /saga', body.inexact, { reqId: requestId })
    if (refusal !== undefined) return errorResponse(c, 400, refusal)

    const id = sagaIdPrefix + (key === undefined ? freshId(runtime) : idFromKey(key))
    const trace = traceOf(c.req.header('traceparent'))
    const { associatedEntityId, metadata } = read.value
    const fingerprint = key === undefined ? undefined : fingerprintOf(associatedEntityId, exactMetadata(body, metadata))
    const request = { id, entity: associatedEntityId, metadata, key, fingerprint, trace, headers, requestId }
    return answer(c, await corridor.create(request))
  }
  return (c) => bodies.read(c, create)
}

/** The metadata as they were written, for the fingerprint: two numbers that became one double still differ (P8). */
function exactMetadata({ inexact }: JsonBody, metadata: Metadata): Metadata {
  const exact = inexact?.told()
  if (typeof exact === 'string') return { '\u0000': exact }
  return exact === undefined ? metadata : (exact as CreationBody).metadata
}

/** C7's answers of `POST /saga`. */
function answer(c: Context, created: Created): Response {
  switch (created.kind) {
    case 'created':
    case 'repeated':
      return c.json({ sagaId: created.sagaId })
    case 'mismatch':
      return errorResponse(c, 422, `this idempotency-key has created the saga "${created.sagaId}" with another body`)
    case 'too-large':
      return errorResponse(c, 413, whyTooLarge(created))
    case 'unreadable':
      return unreadableSaga(c, created.sagaId)
    case 'unavailable':
      return errorResponse(c, 503, UNAVAILABLE)
  }
}

const UNAVAILABLE =
  'the creation is not done yet, or not known to be: send it again, with its idempotency-key if it had one'
