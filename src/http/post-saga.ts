import type { Context } from 'hono'
import { traceOf } from '../codec/identity.ts'
import { decodeCreation } from '../codec/message.ts'
import type { CreationBody } from '../codec/message.ts'
import type { Instant, Metadata, SagaId } from '../engine/saga.ts'
import type { Created } from '../orchestrator/corridor.ts'
import { fingerprintOf, freshId, idFromKey } from '../orchestrator/ids.ts'
import { whyTooLarge } from '../orchestrator/events/size-limit.ts'
import type { BodyReader, JsonBody } from './body-reader.ts'
import { BAD_WAIT, waitWish } from './end-wait.ts'
import { overload, refuseUnread } from './overload.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import { shownSaga } from './get-saga.ts'
import type { ShowOptions } from './get-saga.ts'
import { handedOnHeaders } from './handed-on-headers.ts'
import { waitedAtHost } from './host-wait.ts'
import { BAD_KEY, idempotencyKey } from './idempotency-key.ts'
import { parseInstant } from './parse-instant.ts'
import type { WriteOptions } from './post-event.ts'
import type { RouteHandler } from './route.ts'

/** Options of `postSaga`. */
export interface PostSagaOptions extends WriteOptions, ShowOptions {}

/** `POST /saga` (C7): decodes the creation, makes the saga's id (P8, C4.1) and hands both to the corridor. */
export function postSaga(bodies: BodyReader, options: PostSagaOptions): RouteHandler {
  const { corridor, waiting, runtime, sagaIdPrefix, numbers, ids, admission } = options
  const create = async (c: Context, body: JsonBody): Promise<Response | SagaId> => {
    const key = idempotencyKey(c)
    if (key === false) return errorResponse(c, 400, BAD_KEY)
    const headers = handedOnHeaders(c, options)
    if (headers instanceof Response) return headers
    const notBefore = notBeforeOf(c)
    if (notBefore === false) return errorResponse(c, 400, BAD_BEGINNING)
    const read = decodeCreation(body.value, body.inexact)
    if (!read.ok) return errorResponse(c, 400, read.why)
    const requestId = ids.of(c)
    const refusal = numbers.refusal('POST /saga', body.inexact, { reqId: requestId })
    if (refusal !== undefined) return errorResponse(c, 400, refusal)

    const id = sagaIdPrefix + (key === undefined ? freshId(runtime) : idFromKey(key))
    const trace = traceOf(c.req.header('traceparent'))
    const { associatedEntityId, metadata } = read.value
    const fingerprint = key === undefined ? undefined : fingerprintOf(associatedEntityId, exactMetadata(body, metadata))
    const request = { id, entity: associatedEntityId, metadata, key, fingerprint, trace, headers, notBefore, requestId }
    const created = await admission.run(id, () => corridor.create(request))
    if (typeof created === 'string') return overload(c, created)
    return created.kind === 'created' || created.kind === 'repeated' ? created.sagaId : notCreated(c, created)
  }
  return async (c) => {
    const wish = waitWish(c)
    if (wish === false) {
      await bodies.drop(c)
      return errorResponse(c, 400, BAD_WAIT)
    }
    const refusal = admission.refusalOf('creation', waitedAtHost(c))
    if (refusal !== undefined) return refuseUnread(c, refusal, { admission, bodies })
    const sagaId = await bodies.read(c, create)
    if (typeof sagaId !== 'string') return sagaId
    // After too many waits the creation counts more than its wait: the answer names the saga alone.
    if (wish === undefined || !(await waiting.wait(c, sagaId, wish))) return c.json({ sagaId })
    const document = await corridor.document(sagaId).catch(() => undefined)
    return c.json(document === undefined || 'kind' in document ? { sagaId } : shownSaga(document, options))
  }
}

/** The instant of the beginning; `undefined` without the header, `false` where it is malformed. */
function notBeforeOf(c: Context): Instant | false | undefined {
  const header = c.req.header('not-before')
  return header === undefined ? undefined : (parseInstant(header) ?? false)
}

const BAD_BEGINNING =
  'the header not-before must be an ISO 8601 timestamp of a day that exists, with its zone, such as 2026-01-31T12:00:00Z'

/** The metadata as they were written, for the fingerprint: two numbers that became one double still differ (P8). */
function exactMetadata({ inexact }: JsonBody, metadata: Metadata): Metadata {
  const exact = inexact?.told()
  if (typeof exact === 'string') return { '\u0000': exact }
  return exact === undefined ? metadata : (exact as CreationBody).metadata
}

/** C7's errors of `POST /saga`. */
function notCreated(c: Context, created: Exclude<Created, { kind: 'created' | 'repeated' }>): Response {
  switch (created.kind) {
    case 'mismatch':
      return errorResponse(c, 422, `this idempotency-key has created the saga "${created.sagaId}" with another body`)
    case 'not-delayable':
      return errorResponse(c, 501, notDelayable(created.store))
    case 'too-large':
      return errorResponse(c, 413, whyTooLarge(created))
    case 'unreadable':
      return unreadableSaga(c, created.sagaId)
    case 'unavailable':
      return errorResponse(c, 503, UNAVAILABLE)
  }
}

function notDelayable(store: string): string {
  return `the header not-before needs a store that finds sagas which are due, and "${store}" cannot: create the saga at that instant, or take another store`
}

const UNAVAILABLE =
  'the creation is not done yet, or not known to be: send it again, with its idempotency-key if it had one'
