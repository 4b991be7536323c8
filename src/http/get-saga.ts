import type { Corridor } from '../orchestrator/corridor.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import type { RouteHandler } from './route.ts'

/** `GET /sagas/{sagaId}`: the document of one saga with its history (C5). */
export function getSaga(corridor: Corridor): RouteHandler {
  return async (c) => {
    const id = c.req.param('sagaId') ?? ''
    const document = await corridor.document(id)
    if (document === undefined) return errorResponse(c, 404, `there is no saga "${id.slice(0, 200)}"`)
    return 'kind' in document ? unreadableSaga(c, id) : c.json(document)
  }
}
