import type { Corridor } from '../orchestrator/corridor.ts'
import { errorResponse } from './error-response.ts'
import type { RouteHandler } from './route.ts'
import { isHead, WATCH_HEADERS, watchAnswer } from './watch-answer.ts'

/** Longest `Last-Event-ID` that is compared with ours. */
const LONGEST_ID = 100

/**
 * `GET /watch`: server-sent events of all sagas (C7), as far as this process sees them. A client that comes back soon misses nothing;
 * one that was away for longer gets the event `gap`.
 */
export function watchAll({ corridor }: { readonly corridor: Corridor }): RouteHandler {
  return async (c) => {
    if (isHead(c)) return c.body(null, 200, WATCH_HEADERS)
    const after = c.req.header('last-event-id')?.slice(0, LONGEST_ID)
    const watched = await corridor.watchAll({ after: after === '' ? undefined : after }, c.req.raw.signal)
    if (watched.kind === 'not-here') return errorResponse(c, 501, `all sagas cannot be watched here: ${watched.why}`)
    return watchAnswer(c, watched)
  }
}
