import type { Fields } from '../ports/runtime.ts'

/** A request as its log lines need it. */
export interface LoggedRequest {
  readonly reqId: string
  readonly method: string
  /** The target; its query is left out, which clients may fill with data of their own. */
  readonly target: string
  /** A header by its name in lower case. */
  readonly header: (name: string) => string | undefined
}

/** Bytes of a header, and of a path, in a line. */
const LONGEST = 200

/** The fields of a request's log lines, in the shape of lc39, the launcher of the reference. `response`: at its end. */
export function requestFields(
  { reqId, method, target, header }: LoggedRequest,
  response?: { readonly statusCode: number },
): Fields {
  const short = (name: string) => header(name)?.slice(0, LONGEST)
  const request = { method, userAgent: { original: short('user-agent') } }
  const host = { hostname: short('host'), forwardedHost: short('x-forwarded-host'), ip: short('x-forwarded-for') }
  const path = target.split('?', 1)[0]?.slice(0, LONGEST)
  return { reqId, http: { request, response }, url: { path }, host }
}
