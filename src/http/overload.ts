import type { Context } from 'hono'
import type { Admission, Refusal } from './admission.ts'
import { SMALL_BODY } from './body-budget.ts'
import type { BodyReader } from './body-reader.ts'
import { errorResponse } from './error-response.ts'

/**
 * Refuses a request before its body is read. A small body is left to the host, which drops what comes of it: under overload a
 * stream for each body would cost more than all else of the refusals.
 */
export function refuseUnread(
  c: Context,
  refusal: Refusal,
  { admission, bodies }: { readonly admission: Admission; readonly bodies: BodyReader },
): Response | Promise<Response> {
  admission.refused(refusal)
  const length = Number(c.req.header('content-length') ?? Number.NaN)
  return length <= SMALL_BODY ? overload(c, refusal) : bodies.drop(c).then(() => overload(c, refusal))
}

/** The answer to a refused request, with `Retry-After`: 429 where other requests for the same saga are the reason, else 503. */
export function overload(c: Context, refusal: Refusal): Response {
  return refusal === 'saga' ? errorResponse(c, 429, BUSY_SAGA) : errorResponse(c, 503, BUSY)
}

/** The words of a 503. */
export const BUSY: string =
  'more requests are in progress than can be answered in time; nothing was done: send it again a little later'
const BUSY_SAGA = 'too many requests for this saga are in progress; nothing was done: send it again a little later'
