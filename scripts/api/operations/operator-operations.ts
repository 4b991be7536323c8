import { BY_KEY, READS_SAGA } from './operation-texts.ts'
import type { OperationTexts } from './operation-texts.ts'

/** Of every action of an operator. */
const ACTION = {
  path: { sagaId: 'Id of the saga' },
  statuses: {
    404: 'There is no saga with this id',
    409: 'The action does not fit the saga as it is; `message` says why',
    413: 'The saga would be larger than its limit',
    422: 'The `idempotency-key` has carried out another action on this saga, or this one with other arguments',
    500: READS_SAGA,
    503: `The action may or may not be done. ${BY_KEY}`,
  },
} as const
const RECORDED =
  'Recorded in `history.operations` with its operator and its reason; `dryRun` answers the same without a change.'
const LISTS_NOT = 'The store cannot list sagas'
const NO_PAUSES = 'The service has no place for pauses'

/** Texts of operators' actions, bulk operations and channels. */
export const OPERATOR_OPERATIONS: Readonly<Record<string, OperationTexts>> = {
  'POST /sagas/:sagaId/redeliver': {
    operationId: 'redeliverSaga',
    summary: 'Send again what a saga owes',
    description: `Sends the commands that are owed or given up now, each under its key of before. A command that a process is sending is left to it, and so is one that an operator cancelled, unless \`cancelled\` is true. ${RECORDED}`,
    ...ACTION,
  },
  'POST /sagas/:sagaId/resend': {
    operationId: 'resendSaga',
    summary: 'Send the command of the state once more',
    description: `For a participant that accepted the command and lost the work: the same command under the same key. ${RECORDED}`,
    ...ACTION,
  },
  'POST /sagas/:sagaId/hold': {
    operationId: 'holdSaga',
    summary: 'Hold a saga',
    description: `The saga takes no event, fires no timer and sends nothing until it is released. Sends under way end. ${RECORDED}`,
    ...ACTION,
  },
  'POST /sagas/:sagaId/release': {
    operationId: 'releaseSaga',
    summary: 'Release a held saga',
    description: `Ends a hold: everything that the saga owes is sent now. ${RECORDED}`,
    ...ACTION,
  },
  'POST /sagas/:sagaId/event': {
    operationId: 'sendEventByHand',
    summary: 'Send an event by hand',
    description: `The event in place of a participant's: it is checked and merged alike, and must be one that the state lists. ${RECORDED}`,
    ...ACTION,
  },
  'POST /sagas/:sagaId/move': {
    operationId: 'moveSaga',
    summary: 'Move a saga by hand',
    description: `The saga enters the state, whatever its transitions are; the history entry is marked with the operation. ${RECORDED}`,
    ...ACTION,
  },
  'POST /sagas/:sagaId/cancel': {
    operationId: 'cancelSaga',
    summary: 'End a saga by hand',
    description: `The saga enters a final state without a command; commands that are still owed become dead letters. ${RECORDED}`,
    ...ACTION,
  },
  'PATCH /sagas/:sagaId/metadata': {
    operationId: 'patchMetadata',
    summary: 'Change the metadata of a saga',
    description: `A JSON merge patch (RFC 7396): null removes a key. Commands that are owed keep their content. ${RECORDED}`,
    ...ACTION,
  },
  'DELETE /sagas/:sagaId/parked/:eventId': {
    operationId: 'dropParkedEvent',
    summary: 'Drop a parked event',
    description: `The event is never applied. ${RECORDED}`,
    ...ACTION,
    path: { sagaId: 'Id of the saga', eventId: 'Id of the event, slashes percent-encoded' },
    statuses: { ...ACTION.statuses, 404: 'There is no such saga, or it has no such event' },
  },
  'DELETE /sagas/:sagaId/dead-letters/:letterId': {
    operationId: 'dropDeadLetter',
    summary: 'Drop a dead letter',
    description: `The command is never sent again, the event never applied. ${RECORDED}`,
    ...ACTION,
    path: { sagaId: 'Id of the saga', letterId: 'Id of the command or the event, slashes percent-encoded' },
    statuses: { ...ACTION.statuses, 404: 'There is no such saga, or it has no such dead letter' },
  },
  'POST /operations': {
    operationId: 'beginOperation',
    summary: 'Carry out one action on many sagas',
    description:
      'With `dryRun`, counts the sagas that the filter finds and shows the outcome for the first ones. Without it, begins the operation and answers 202 with its id in `Location`. Each saga is changed through the same checks as by its own route, at most `rate` a second, and has one result. Any process of the store goes on after the end of another one.',
    statuses: {
      202: 'The operation is recorded, and goes on in the background',
      413: 'The body is larger than its limit, or than a record of 48 KiB',
      422: 'The `idempotency-key` has begun an operation with another body',
      429: 'As many operations are open as may be',
      501: LISTS_NOT,
      503: `The operation may or may not be begun. ${BY_KEY}`,
    },
  },
  'GET /operations': {
    operationId: 'listOperations',
    summary: 'List bulk operations',
    description: 'Operations of this store, newest first; a hundred that have ended are kept.',
    statuses: { 501: LISTS_NOT },
  },
  'GET /operations/:operationId': {
    operationId: 'getOperation',
    summary: 'Read a bulk operation',
    description: 'Its counts, and a page of results in the order in which the sagas were taken: newest creation first.',
    path: { operationId: 'Id of the operation, as `POST /operations` answered it' },
    statuses: { 404: 'There is no operation with this id', 501: LISTS_NOT },
  },
  'DELETE /operations/:operationId': {
    operationId: 'cancelOperation',
    summary: 'Cancel a bulk operation',
    description:
      'The sagas under way are ended, no further one is taken. What is done stays done. The operation keeps the operator and the reason.',
    path: { operationId: 'Id of the operation' },
    statuses: { 404: 'There is no operation with this id', 409: 'The operation has ended', 501: LISTS_NOT },
  },
  'GET /channels': {
    operationId: 'listChannels',
    summary: 'List channels',
    description:
      'The channels of saga.json: pauses of all processes, queues and circuits of this process. On workerd, where queues are those of requests and objects, they are absent.',
    statuses: { 501: NO_PAUSES },
  },
  'POST /channels/:channelId/pause': {
    operationId: 'pauseChannel',
    summary: 'Pause a channel',
    description:
      'No process of the store begins a send to this channel any more, from a few seconds on; its commands stay owed. Sends under way go on to their end.',
    path: { channelId: 'Id of the channel' },
    statuses: { 404: 'There is no channel with this id', 501: NO_PAUSES },
  },
  'POST /channels/:channelId/resume': {
    operationId: 'resumeChannel',
    summary: 'Resume a channel',
    description: 'Commands that waited are sent.',
    path: { channelId: 'Id of the channel' },
    statuses: { 404: 'There is no channel with this id', 501: NO_PAUSES },
  },
}
