import type { SagaId } from '../engine/saga.ts'
import type { Context } from 'hono'
import type { Corridor } from '../orchestrator/corridor.ts'
import { BAD_WAIT, waitWish } from './end-wait.ts'
import type { WaitingRequests } from './end-wait.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import type { RouteHandler } from './route.ts'

/** `GET /sagas/{sagaId}`: the document of one saga with its history (C5), at once or at its end (C7). */
export function getSaga(corridor: Corridor, waiting: WaitingRequests): RouteHandler {
  return async (c) => {
    const id = c.req.param('sagaId') ?? ''
    const wish = waitWish(c)
    if (wish === false) return errorResponse(c, 400, BAD_WAIT)
    if (wish !== undefined && !(await waiting.wait(c, id, wish))) return errorResponse(c, 503, FULL)
    return showSaga(c, corridor, id)
  }
}

/** Answers with the document of a saga. */
export async function showSaga(c: Context, corridor: Pick<Corridor, 'document'>, id: SagaId): Promise<Response> {
  const document = await corridor.document(id)
  if (document === undefined) return errorResponse(c, 404, `there is no saga "${id.slice(0, 200)}"`)
  return 'kind' in document ? unreadableSaga(c, id) : c.json(document)
}

const FULL = 'too many requests wait for the end of a saga: ask again later, or without wait'
