/** Not 202: a document that is only accepted may still be lost (I1). */
export const TAKEN: ReadonlySet<number> = new Set([200, 201, 204])
/** 404 and 409: some services answer them where a document is gone or exists. 428 asks for the tag of a read. */
export const REFUSED: ReadonlySet<number> = new Set([404, 409, 412, 428])

/** Statuses about the caller, the route or the method, not about a saga. */
export const MISLED: ReadonlySet<number> = new Set([401, 403, 404, 405, 501])
/** A service that acknowledged a write and did not keep it. */
export const UNKEPT = 'but the saga did not change; does a gateway answer in the place of the service?'
/** Advice for an answer that no persistency service gives. */
export const ELSEWHERE = '; are "endpoint", "port" and "path" those of the service that keeps sagas?'

/** Advice where no answer came. */
export function adviceOn(why: string): string {
  if (/certificate/i.test(why)) return '; the certificate of the service must be one that this host trusts'
  return '; is the service at this protocol, endpoint and port, and does it run?'
}

/** Advice on a status; empty where there is none. */
export function adviceFor(status: number): string {
  if (status === 401 || status === 403) return '; the configured "headers" are not accepted'
  if (MISLED.has(status)) return '; are "method" and "path" those of its upsert?'
  if (status >= 300 && status < 400) return `; it points elsewhere, which is not followed${ELSEWHERE}`
  return status >= 500 ? '; the service failed, see its log' : ''
}
