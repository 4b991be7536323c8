import type { Context } from 'hono'
import { identityOf } from '../codec/identity.ts'
import type { EventId } from '../engine/saga.ts'

/** The message of a 400 for a malformed `Idempotency-Key`. */
export const BAD_KEY: string =
  'the header idempotency-key must be ASCII, which is percent-encoded UTF-8, without NUL, not empty, at most 4096 characters'

/** The idempotency key of a request, decoded (P7): `undefined` without the header, `false` where it is refused (`BAD_KEY`). */
export function idempotencyKey(c: Context): EventId | false | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  // Node, Deno and Bun decode bytes beyond ASCII as Latin-1, workerd as UTF-8: one header would be two keys.
  return (/^[\u0020-\u007E]*$/.test(header) && identityOf(header)) || false
}
