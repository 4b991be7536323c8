import type { SagaDocument } from '../codec/saga-document.ts'
import type { Corridor } from '../orchestrator/corridor.ts'
import { BAD_WAIT, waitWish } from './end-wait.ts'
import type { WaitingRequests } from './end-wait.ts'
import { errorResponse, unreadableSaga } from './error-response.ts'
import type { ExpectedEvents } from './expected-events.ts'
import type { RouteHandler } from './route.ts'

/** Options of the routes that answer a whole saga. */
export interface ShowOptions {
  readonly corridor: Corridor
  readonly waiting: WaitingRequests
  readonly expected: ExpectedEvents
  /** Channels that are paused, as this process knows them. */
  readonly paused: () => readonly string[]
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

/** The document with the events that its state lists, and a mark on commands that wait for the end of a pause. */
export function shownSaga(
  document: SagaDocument,
  { expected, paused }: Pick<ShowOptions, 'expected' | 'paused'>,
): object {
  const shown = { ...document, ...expected(document.currentState) }
  const waiting = document.owed === undefined ? [] : paused()
  if (waiting.length === 0) return shown
  const owed = document.owed?.map((debt) => (waiting.includes(debt.channel) ? { ...debt, isPaused: true } : debt))
  return { ...shown, owed }
}

const FULL = 'too many requests wait for the end of a saga: ask again later, or without wait'
