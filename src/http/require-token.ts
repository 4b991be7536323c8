import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Context } from 'hono'
import { errorResponse } from './error-response.ts'

/** The tokens of the HTTP API (C1.3). Their values are revealed in this file alone. */
export interface ApiTokens {
  /** For every guarded route; where it is absent, none is guarded. */
  readonly api?: { reveal(): string } | undefined
  /** For `GET` and `HEAD`, and for routes that change nothing. */
  readonly read?: { reveal(): string } | undefined
}

/** Answers 401, or `undefined` where the request carries a token that it needs. `isReading`: its route changes nothing, whatever its method. */
export type TokenGuard = (c: Context, isReading?: boolean) => Promise<Response> | undefined

/** The guard of these tokens; `undefined` without `API_TOKEN`. `drop` drops the body of a refused request. */
export function requireToken({ api, read }: ApiTokens, drop: (c: Context) => Promise<void>): TokenGuard | undefined {
  if (api === undefined) return undefined
  const all = digest(api.reveal())
  const reading = read && digest(read.reveal())
  return (c, isReading = c.req.method === 'GET' || c.req.method === 'HEAD') => {
    const offered = digest(bearer(c.req.header('authorization')))
    const isReader = isReading && reading !== undefined && equal(offered, reading)
    return equal(offered, all) || isReader ? undefined : refuse(c, drop)
  }
}

/** True for a request that may use any method: without `API_TOKEN`, or with it. */
export function mayWrite({ api }: ApiTokens): (c: Context) => boolean {
  if (api === undefined) return () => true
  const all = digest(api.reveal())
  return (c) => equal(digest(bearer(c.req.header('authorization'))), all)
}

async function refuse(c: Context, drop: (c: Context) => Promise<void>): Promise<Response> {
  await drop(c)
  return errorResponse(c, 401, 'this route wants the API token as a bearer: Authorization: Bearer <token>')
}

function bearer(header: string | undefined): string {
  return /^bearer +([^ ].*)/i.exec(header ?? '')?.[1] ?? ''
}

function digest(token: string): Uint8Array {
  return sha256(utf8ToBytes(token))
}

/** Compares two digests, hence of equal length, in constant time. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0)
  return difference === 0
}
