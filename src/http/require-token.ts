import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Context, MiddlewareHandler } from 'hono'
import { errorResponse } from './error-response.ts'

/** What a route asks of its callers; values are revealed here and nowhere else in the HTTP room. */
export interface ApiTokens {
  readonly api?: { reveal(): string } | undefined
  readonly read?: { reveal(): string } | undefined
}

const OPEN: MiddlewareHandler = (_c, next) => next()

/** Refuses who does not bring a token as a bearer (C1.3); without `API_TOKEN` everything is open. `drop` takes a refused body. */
export function requireToken({ api, read }: ApiTokens, drop: (c: Context) => Promise<void>): MiddlewareHandler {
  if (api === undefined) return OPEN
  const all = digest(api.reveal())
  const reading = read && digest(read.reveal())
  return async (c, next) => {
    const offered = digest(bearer(c.req.header('authorization')))
    const isReading = reading !== undefined && (c.req.method === 'GET' || c.req.method === 'HEAD')
    if (!equal(offered, all) && !(isReading && equal(offered, reading))) {
      await drop(c)
      return errorResponse(c, 401, 'this route wants the API token as a bearer: Authorization: Bearer <token>')
    }
    return next()
  }
}

function bearer(header: string | undefined): string {
  return /^bearer +([^ ].*)/i.exec(header ?? '')?.[1] ?? ''
}

function digest(token: string): Uint8Array {
  return sha256(utf8ToBytes(token))
}

/** Of two digests, hence of equal length: takes the same time wherever they differ. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0)
  return difference === 0
}
