import type { SagaDocument } from '../codec/saga-document.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import { BAD_WAIT, waitWish } from './end-wait.ts'
import type { WaitingRequests } from './end-wait.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import type { ExpectedEvents } from './expected-events.ts'
import type { NamesInFile } from './names-in-file.ts'
import type { RouteHandler } from './route.ts'

/** Options of the routes that answer a whole saga. */
export interface ShowOptions {
  readonly corridor: Corridor
  readonly waiting: WaitingRequests
  readonly expected: ExpectedEvents
  /** Channels that are paused, as this process knows them. */
  readonly paused: () => readonly string[]
  readonly names: NamesInFile
}

/** `GET /sagas/{sagaId}`: the document of one saga with its history (C5), at once or at its end (C7). */
export function getSaga({ corridor, waiting, ...shows }: ShowOptions): RouteHandler {
  return async (c) => {
    const id = c.req.param('sagaId') ?? ''
    const wish = waitWish(c)
    if (wish === false) return errorResponse(c, 400, BAD_WAIT)
    if (wish !== undefined && !(await waiting.wait(c, id, wish))) return errorResponse(c, 503, FULL)
    const document = await corridor.document(id)
    if (document === undefined) return errorResponse(c, 404, `there is no saga "${id.slice(0, 200)}"`)
    return 'kind' in document ? unreadableSaga(c, id) : c.json(shownSaga(document, shows))
  }
}

/**
 * The document with the events that its state lists, and marks: on commands that wait for the end of a pause, and on a state and
 * commands that wait for a saga.json that has them.
 */
export function shownSaga(
  document: SagaDocument,
  { expected, paused, names }: Pick<ShowOptions, 'expected' | 'paused' | 'names'>,
): object {
  const { currentState, owed = [] } = document
  const waiting = owed.length === 0 ? [] : paused()
  const marked = owed.map((debt) => ({
    ...debt,
    ...(waiting.includes(debt.channel) && { isPaused: true }),
    ...(!names.hasChannel(debt.channel) && { isUnknownChannel: true }),
  }))
  return {
    ...document,
    ...(!names.hasState(currentState) && { isUnknownState: true }),
    ...expected(currentState),
    ...(owed.length > 0 && { owed: marked }),
  }
}

const FULL = 'too many requests wait for the end of a saga: ask again later, or without wait'
