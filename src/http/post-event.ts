import type { Context, Hono } from 'hono'
import { decodeCreation, decodeEvent } from '../codec/message.ts'
import type { CreationBody } from '../codec/message.ts'
import type { Inexact } from '../codec/numbers.ts'
import { identityOf, traceOf } from '../codec/identity.ts'
import type { EventId, Metadata } from '../engine/saga.ts'
import type { Corridor, Created, Outcome } from '../orchestrator/corridor.ts'
import { fingerprintOf, freshId, idFromKey } from '../orchestrator/ids.ts'
import type { NumberGuard } from '../orchestrator/number-guard.ts'
import { whyTooLarge } from '../orchestrator/size-limit.ts'
import type { BodyReader, JsonBody, BodyReaderOptions } from './body-reader.ts'
import { unreadableSaga, errorResponse } from './error-response.ts'

export interface IntakeOptions extends BodyReaderOptions {
  readonly corridor: Corridor
  readonly sagaIdPrefix: string
  readonly numbers: Pick<NumberGuard, 'refusal'>
}

const BAD_KEY =
  'the header idempotency-key must be ASCII, which is percent-encoded UTF-8, without NUL, not empty, at most 4096 characters'

/** The two doors through which work comes in. */
export function intake(app: Hono, bodies: BodyReader, options: IntakeOptions): void {
  app.post('/saga', (c) => bodies.with(c, (body) => postSaga(c, body, options)))
  app.post('/event', (c) => bodies.with(c, (body) => postEvent(c, body, options)))
}

async function postSaga(c: Context, body: JsonBody, options: IntakeOptions): Promise<Response> {
  const { corridor, runtime, sagaIdPrefix, numbers } = options
  const header = c.req.header('idempotency-key')
  const key = header === undefined ? undefined : keyOf(header)
  if (header !== undefined && key === undefined) return errorResponse(c, 400, BAD_KEY)
  const read = decodeCreation(body.value)
  if (!read.ok) return errorResponse(c, 400, read.why)
  const refusal = numbers.refusal('POST /saga', body.inexact)
  if (refusal !== undefined) return errorResponse(c, 400, refusal)

  const id = sagaIdPrefix + (key === undefined ? freshId(runtime) : idFromKey(key))
  const trace = traceOf(c.req.header('traceparent'))
  const { associatedEntityId, metadata } = read.value
  const fingerprint = key === undefined ? undefined : fingerprintOf(associatedEntityId, exactMetadata(body, metadata))
  return created(c, await corridor.create({ id, entity: associatedEntityId, metadata, key, fingerprint, trace }))
}

/** Metadata that tells numbers apart which became one (P8). */
function exactMetadata({ inexact }: { readonly inexact?: Inexact }, metadata: Metadata): Metadata {
  const told = inexact?.told()
  if (typeof told === 'string') return { '\u0000': told }
  return told === undefined ? metadata : (told as CreationBody).metadata
}

async function postEvent(c: Context, body: JsonBody, { corridor, runtime, numbers }: IntakeOptions): Promise<Response> {
  const header = c.req.header('idempotency-key')
  const id = header === undefined ? freshId(runtime) : keyOf(header)
  if (id === undefined) return errorResponse(c, 400, BAD_KEY)
  const read = decodeEvent(body.value, id, traceOf(c.req.header('traceparent')))
  if (!read.ok) return errorResponse(c, 400, read.why)
  const refusal = numbers.refusal(read.value.label, body.inexact)
  return refusal === undefined ? handled(c, await corridor.handle(read.value)) : errorResponse(c, 400, refusal)
}

/** Runtimes disagree on bytes beyond ASCII: three take them for Latin-1, workerd for UTF-8. None would be the same key on all. */
function keyOf(header: string): EventId | undefined {
  return /^[\u0020-\u007E]*$/.test(header) ? identityOf(header) : undefined
}

function created(c: Context, created: Created): Response {
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
      return errorResponse(
        c,
        503,
        'the creation is not done yet, or not known to be: send it again, with its idempotency-key if it had one',
      )
  }
}

/** C7's answers of `POST /event`. */
function handled(c: Context, outcome: Outcome): Response {
  switch (outcome.kind) {
    case 'moved':
    case 'duplicate':
      return c.json({ outcome: outcome.kind, sagaId: outcome.sagaId, currentState: outcome.state })
    case 'unexpected': {
      const { sagaId, state, label, expected, reject } = outcome
      if (!reject) return c.json({ outcome: 'unexpected', sagaId, currentState: state })
      const list = expected.length === 0 ? 'no event' : `one of ${expected.map((one) => `"${one}"`).join(', ')}`
      return errorResponse(c, 409, `the saga is in "${state}", which expects ${list}, not "${label}"`)
    }
    case 'refused':
      return errorResponse(c, 422, outcome.why)
    case 'unknown-saga':
      return errorResponse(c, 404, `there is no saga "${outcome.sagaId}"`)
    case 'too-large':
      return errorResponse(c, 413, whyTooLarge(outcome))
    case 'stranded':
      return errorResponse(c, 503, `the saga is in "${outcome.state}", which this machine does not have`)
    case 'unreadable':
      return unreadableSaga(c, outcome.sagaId)
    case 'unavailable':
      return errorResponse(
        c,
        503,
        'the event is not done with yet, or not known to be: send it again, with its idempotency-key if it had one',
      )
  }
}
