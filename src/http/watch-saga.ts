import type { SagaId } from '../engine/saga.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import type { Watched } from '../orchestrator/watching/watched.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import type { RouteHandler } from './route.ts'
import { isHead, WATCH_HEADERS, watchAnswer } from './watch-answer.ts'

/**
 * `GET /sagas/{sagaId}/watch`: server-sent events of one saga (C7). The id of a step is its number, so a client that comes back with
 * `Last-Event-ID` misses no step and gets none twice.
 */
export function watchSaga({ corridor }: { readonly corridor: Corridor }): RouteHandler {
  return async (c) => {
    const id = c.req.param('sagaId') ?? ''
    const after = stepAfter(c.req.header('last-event-id'))
    if (after === undefined) return errorResponse(c, 400, BAD_ID)
    const watched = isHead(c) ? await headOf(corridor, id) : await corridor.watch({ id, after }, c.req.raw.signal)
    switch (watched.kind) {
      case 'over':
        return c.body(null, 204)
      case 'unknown-saga':
        return errorResponse(c, 404, `there is no saga "${id.slice(0, 200)}"`)
      case 'unreadable':
        return unreadableSaga(c, id)
      case 'beyond':
        return errorResponse(c, 400, `Last-Event-ID is ${after}, but the saga has ${watched.steps} steps: leave it out`)
      case 'unavailable':
        return errorResponse(c, 503, 'the saga could not be read now: come back with the same Last-Event-ID')
      case 'head':
        return c.body(null, 200, WATCH_HEADERS)
      default:
        return watchAnswer(c, watched)
    }
  }
}

async function headOf(corridor: Corridor, sagaId: SagaId): Promise<Watched | { readonly kind: 'head' }> {
  const document = await corridor.document(sagaId)
  if (document === undefined) return { kind: 'unknown-saga', sagaId }
  return 'kind' in document ? document : { kind: 'head' }
}

/** The number of the newest step that the client has; -1 for none. `undefined` where the header is no such number. */
function stepAfter(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return -1
  return /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : undefined
}

const BAD_ID = 'Last-Event-ID must be the id of an event of this saga, which is the number of a step'
