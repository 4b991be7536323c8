import type { Context } from 'hono'
import type { ServedPicture } from './machine-pictures.ts'

/** A picture loads nothing and runs nothing, whatever a saga.json says. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Answers with a picture; 304 without it, and without drawing it, where the client's copy is the same. */
export async function answerPicture(c: Context, { text, type, etag }: ServedPicture): Promise<Response> {
  const headers = {
    ETag: etag,
    'Cache-Control': 'private, no-cache',
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
  }
  const known = c.req.header('if-none-match')
  if (known !== undefined && isKnown(known, etag)) return c.body(null, 304, headers)
  return c.body(await text(), 200, { ...headers, 'Content-Type': type })
}

/** True where a list of entity tags has this one, or is `*`. A proxy may have weakened a tag: the comparison is the weak one. */
function isKnown(list: string, etag: string): boolean {
  return list.split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()))
}
