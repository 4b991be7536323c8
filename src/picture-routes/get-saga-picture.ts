import type { SagaDocument } from '../codec/saga-document.ts'
import type { SagaSteps } from '../drawing/saga-trail.ts'
import { errorResponse, unreadableSaga } from '../http/error-response.ts'
import { readParameters } from '../http/read-parameters.ts'
import type { RouteHandler } from '../http/route.ts'
import { answerPicture } from './answer-picture.ts'
import type { DrawnService } from './drawn-service.ts'
import type { MachinePictures } from './machine-pictures.ts'
import { PICTURE_QUERY } from './picture-query.ts'

/** `GET /sagas/{sagaId}/machine.svg`: the machine with the path of one saga (C7). */
export function getSagaPicture({
  corridor,
  runtime,
  made,
}: DrawnService & { readonly made: MachinePictures }): RouteHandler {
  return async (c) => {
    const id = c.req.param('sagaId') ?? ''
    const query = readParameters(c, PICTURE_QUERY)
    if (typeof query === 'string') return errorResponse(c, 400, query)
    const tooLarge = made.tooLarge()
    if (tooLarge !== undefined) return errorResponse(c, 501, tooLarge)
    const document = await corridor.document(id)
    if (document === undefined) return errorResponse(c, 404, `there is no saga "${id.slice(0, 200)}"`)
    if ('kind' in document) return unreadableSaga(c, id)
    return answerPicture(c, await made.ofSaga(stepsOf(document), query, runtime))
  }
}

/** A document of the 1.x line has no history: its state is all that is known. */
function stepsOf({ sagaId, currentState, history }: SagaDocument): SagaSteps {
  const operators = new Map(history.operations?.map(({ id, operator }) => [id, operator]))
  const steps = history.events.map(({ event, operation }, at) => ({
    state: history.states[at]?.state ?? '',
    event,
    operator: operation === undefined ? undefined : (operators.get(operation) ?? ''),
  }))
  return { sagaId, currentState, steps }
}
