import type { IncomingMessage, ServerResponse } from 'node:http'
import { DEFAULTS } from '../src/defaults.ts'
import { SMALL_BODY } from '../src/http/body-budget.ts'
import { errorBody } from '../src/http/error-response.ts'
import { BUSY } from '../src/http/overload.ts'

/** The routes that are refused under overload, by the end of their target, below any base path. */
const REFUSED = /^[^?]*(\/saga|\/event)(?:\?|$)/

/** A route that is refused under overload. */
export type RefusedRoute = '/saga' | '/event'

/** The route of a creation or an event; `undefined` for all other requests. */
export function refusedRoute({ url = '' }: IncomingMessage): RefusedRoute | undefined {
  return REFUSED.exec(url)?.[1] as RefusedRoute | undefined
}

/**
 * Answers 503 without the app: refusals must cost little beside the requests that are carried out. Returns `false`, and answers nothing,
 * if the body is not small: the app drops it with care, so that the client reads the answer.
 */
export function refuseQuickly({ headers }: IncomingMessage, outgoing: ServerResponse, isLast: boolean): boolean {
  if (!(Number(headers['content-length'] ?? Number.NaN) <= SMALL_BODY)) return false
  outgoing.writeHead(503, isLast ? { ...HEADERS, connection: 'close' } : HEADERS).end(BODY)
  return true
}

const BODY = JSON.stringify(errorBody(503, BUSY))
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  'content-length': String(BODY.length),
  'retry-after': String(DEFAULTS.retryAfterSeconds),
}
