import type { Context } from 'hono'
import type { NoPlace, OpenWatch } from '../orchestrator/watching/watched.ts'
import { errorResponse } from './error-response.ts'

/** Of every stream: no cache keeps it, and no proxy gathers or compresses it. */
export const WATCH_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** Answers with a stream of server-sent events, or why there is none now. */
export function watchAnswer(c: Context, watched: OpenWatch | NoPlace): Response {
  return watched.kind === 'open' ? c.body(watched.body, 200, WATCH_HEADERS) : errorResponse(c, 503, FULL)
}

/** True for `HEAD`: it is answered without a stream, which no client would read. */
export function isHead(c: Context): boolean {
  return c.req.method === 'HEAD'
}

const FULL = 'too many clients watch sagas: come back later'
