import { BY_KEY, READS_SAGA } from './operation-texts.ts'
import type { OperationTexts } from './operation-texts.ts'

/** Texts of the routes of sagas and events. */
export const SAGA_OPERATIONS: Readonly<Record<string, OperationTexts>> = {
  'POST /saga': {
    operationId: 'createSaga',
    summary: 'Create a saga',
    description:
      'Saves a saga in the initial state of the machine, then sends the command of that state. The answer comes once the saga is saved. Headers of the user, such as `miauserid`, go on to the command.',
    statuses: {
      413: 'The body or the saga is larger than its limit',
      422: 'The `idempotency-key` has created a saga with another body',
      500: READS_SAGA,
      501: 'The store cannot put off a beginning, so `not-before` is refused',
      503: `The saga may or may not be created. ${BY_KEY}`,
    },
    links: {
      readSaga: {
        operationId: 'getSaga',
        description: 'The saga with its history',
        parameters: { sagaId: '$response.body#/sagaId' },
      },
      sendEvent: {
        operationId: 'postEvent',
        description: 'An event for the saga',
        requestBody: { key: '$response.body#/sagaId' },
      },
    },
  },
  'POST /event': {
    operationId: 'postEvent',
    summary: 'Send an event to a saga',
    description:
      'Moves a saga to the target state of the transition that its state has for the event, merges the payload into the metadata, and sends the command of the new state. Headers of the user, such as `miauserid`, go on to the command.',
    statuses: {
      404: 'There is no saga with this id',
      409: 'The state does not list the event, and `throwOnUnexpectedEvents` is set',
      413: 'The body or the saga is larger than its limit',
      422: 'The event is refused; `message` says why',
      429: 'The saga keeps as many parked events as it may',
      500: READS_SAGA,
      503: `The event may or may not be applied. ${BY_KEY}`,
    },
    links: {
      readSaga: {
        operationId: 'getSaga',
        description: 'The saga with its history',
        parameters: { sagaId: '$response.body#/sagaId' },
      },
    },
  },
  'GET /sagas/:sagaId': {
    operationId: 'getSaga',
    summary: 'Read a saga',
    description: 'The saga with its metadata and its history, and the commands that are not delivered yet.',
    path: { sagaId: 'Id of the saga, as `POST /saga` answered it' },
    statuses: { 404: 'There is no saga with this id', 500: READS_SAGA },
  },
  'GET /sagas/:sagaId/watch': {
    operationId: 'watchSaga',
    summary: 'Watch a saga',
    description:
      'Server-sent events: `step` for each step, of the history first, `saga` with its state and what it waits for, `end` when nothing comes any more. The id of a step is its number: a client that comes back with `Last-Event-ID` misses none and gets none twice.',
    path: { sagaId: 'Id of the saga' },
    answers: 'text/event-stream',
    statuses: {
      200: 'A stream of events; a comment every 15 seconds shows that it lives',
      204: 'The saga is over, and the client has all of its steps',
      400: '`Last-Event-ID` is not the number of a step of this saga',
      404: 'There is no saga with this id',
      500: READS_SAGA,
      503: 'Too many clients watch, or the store does not answer',
    },
  },
  'GET /watch': {
    operationId: 'watchAll',
    summary: 'Watch all sagas',
    description:
      'Server-sent events of the process that answers: `watch` with its name first, `step` for each step, `saga` for dead letters, parked events, holds and actions of operators. `gap`: events were missed, so the list must be read again.',
    answers: 'text/event-stream',
    statuses: {
      200: 'A stream of events; a comment every 15 seconds shows that it lives',
      501: 'No place of this service sees the steps of all sagas',
      503: 'Too many clients watch',
    },
  },
  'GET /sagas': {
    operationId: 'listSagas',
    summary: 'List sagas',
    description: 'Sagas, newest creation first. Filters are combined with "and"; each is given once.',
    statuses: { 501: 'The store cannot list sagas' },
  },
}
