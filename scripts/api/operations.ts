import type { OpenApiSchema } from './schema-converter.ts'

/** Texts of one route. Its schemas and statuses come from the table of routes. */
export interface OperationTexts {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  /** Why this route answers a status, where the general sentence says too little. */
  readonly statuses?: Readonly<Record<number, string>>
  /** Media type of the answer 200. Default: JSON. */
  readonly answers?: string
  /** Schema of the answer 200 as data, where the route has that of its text. */
  readonly data?: OpenApiSchema
  /** Descriptions of parameters in the path. */
  readonly path?: Readonly<Record<string, string>>
  /** Requests that may follow with a value of the answer, by the name of the link. */
  readonly links?: Readonly<Record<string, object>>
}

/** Routes that the description leaves out: the one that Flow Manager hides, and the parts of the pages. */
export const HIDDEN: ReadonlySet<string> = new Set([
  'GET /configuration',
  'GET /console/session',
  'POST /console/draft',
  'GET /documentation/page.css',
  'GET /documentation/page.js',
])

const READS_SAGA = 'The saga is damaged in the store and must be mended by hand'
const BY_KEY = 'Send it again with the same `idempotency-key`'

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

/** Texts of every described route. The generator fails where one is missing, or names no route. */
export const OPERATIONS: Readonly<Record<string, OperationTexts>> = {
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
  'GET /sagas': {
    operationId: 'listSagas',
    summary: 'List sagas',
    description: 'Sagas, newest creation first. Filters are combined with "and"; each is given once.',
    statuses: { 501: 'The store cannot list sagas' },
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
  'GET /machine-definition': {
    operationId: 'getMachineDefinition',
    summary: 'Read the machine',
    description: '`machineDefinition` of saga.json, as it was written.',
  },
  'GET /machine.svg': {
    operationId: 'getMachinePicture',
    summary: 'The machine as a picture',
    description:
      'SVG with states, events, commands and timeouts. It holds no script and loads nothing. `ETag` and `If-None-Match` save the transfer. 501: the machine has over 500 states or 2,000 transitions.',
    answers: 'image/svg+xml',
  },
  'GET /machine.mmd': {
    operationId: 'getMachineDiagram',
    summary: 'The machine for Mermaid',
    description: 'A `stateDiagram-v2`, as Markdown on GitHub and GitLab shows it.',
    answers: 'text/plain',
  },
  'GET /sagas/:sagaId/machine.svg': {
    operationId: 'getSagaPicture',
    summary: 'The path of a saga as a picture',
    description:
      'The machine with the steps of one saga, numbered as in its history. The rest of the machine steps back, and steps by operators are dashed. 501: the machine has over 500 states or 2,000 transitions.',
    answers: 'image/svg+xml',
    path: { sagaId: 'Id of the saga' },
    statuses: { 500: READS_SAGA },
  },
  'GET /-/metrics': {
    operationId: 'getMetrics',
    summary: 'Read the metrics',
    description: 'Counters and histograms in the text format of Prometheus.',
    answers: 'text/plain',
  },
  'GET /-/healthz': {
    operationId: 'getHealth',
    summary: 'Liveness',
    description: 'KO where a restart may help. Needs no token.',
    statuses: { 503: 'A restart may help; `message` says why' },
  },
  'GET /-/ready': {
    operationId: 'getReadiness',
    summary: 'Readiness',
    description: 'KO while requests cannot be served: the store, a broker or a channel fails. Needs no token.',
    statuses: { 503: 'Requests cannot be served now; `message` says why' },
  },
  'GET /-/check-up': {
    operationId: 'getCheckUp',
    summary: 'Check-up',
    description: 'As readiness. Needs no token.',
    statuses: { 503: 'Requests cannot be served now; `message` says why' },
  },
  'GET /console': {
    operationId: 'getConsole',
    summary: 'See and steer the sagas',
    description:
      'A page for operators, which reads this API. The page needs no token, its data do. Absent with `CONSOLE=off`.',
    answers: 'text/html',
  },
  'GET /documentation': {
    operationId: 'getDocumentation',
    summary: 'Read and try the API',
    description: 'A page of this description with forms to send requests. The page needs no token, its data does.',
    answers: 'text/html',
  },
  'GET /documentation/json': {
    operationId: 'getOpenApi',
    summary: 'This description as JSON',
    description: 'OpenAPI 3.0 of the routes, with the labels of the machine as examples.',
  },
  'GET /documentation/yaml': {
    operationId: 'getOpenApiYaml',
    summary: 'This description as YAML',
    description: 'OpenAPI 3.0 of the routes, with the labels of the machine as examples.',
    answers: 'application/yaml',
    data: { type: 'object' },
  },
  'GET /documentation/asyncapi.json': {
    operationId: 'getAsyncApi',
    summary: 'The commands and events of the machine',
    description: 'AsyncAPI 3.0: channels, topics and messages of saga.json, without secrets.',
  },
}

/** Why any route answers a status. */
export const STATUSES: Readonly<Record<number, string>> = {
  200: 'Done',
  202: 'Accepted',
  204: 'Nothing to answer',
  304: 'The picture that the client has is current',
  400: 'The request is malformed; `message` names the field or the header',
  401: 'There is no token, or the token does not allow this method',
  404: 'Not found',
  405: 'The path does not take this method',
  408: 'The body was not complete in time',
  409: 'Conflict',
  413: 'The body is larger than its limit',
  415: 'The body is not JSON, or has a content encoding',
  422: 'The content is refused; `message` says why',
  429: 'A limit is reached',
  431: 'The headers that go on to commands are too many or too large',
  500: 'The request cannot succeed; `message` says why',
  501: 'Not supported by the store',
  503: 'Not possible now; nothing is lost by sending the request again',
}

/** Headers of an answer by its status. */
export const ANSWER_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  202: { Location: 'The path of the operation' },
  401: { 'WWW-Authenticate': 'The scheme of the token: `Bearer`' },
  405: { Allow: 'The methods that the path takes' },
  503: { 'Retry-After': 'Seconds to wait before the request is sent again' },
}
