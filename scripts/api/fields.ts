/** Keywords of OpenAPI 3.0 that a Valibot schema does not have; they win over those that the conversion makes. */
export interface Field {
  readonly description: string
  readonly [keyword: string]: unknown
}

const INSTANT = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const
/** Percent-encoded UTF-8 without control characters, and not only of blanks. */
const HEADER_TEXT =
  '^(?:%20)*(?:[\\x21-\\x24\\x26-\\x7E]|%(?:2[1-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e]))(?:[\\x21-\\x24\\x26-\\x7E]|%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]))*$'
/** A text without control characters, and not only of blanks. */
const PLAIN_TEXT = '^[^\\x00-\\x1F\\x7F-\\x9F]*[^\\s\\x00-\\x1F\\x7F-\\x9F\\uFEFF][^\\x00-\\x1F\\x7F-\\x9F]*$'
/** A filter that is an instant, where the Valibot schema takes any value for its text. */
const INSTANT_TEXT = { ...INSTANT, anyOf: undefined, type: 'string' } as const
const COUNT = { type: 'integer', minimum: 0, example: 0 } as const
const OPERATION_ID: Field = { description: 'Id of the operation', example: '0198f2d5-6c1e-7a43-9f0b-3a1d5e2c7b11' }
const OPERATION_STATUS: Field = { description: 'A cancelled operation has results too', example: 'running' }
const BULK_OUTCOME: Field = { description: 'Each is explained among the counts', example: 'done' }
const BULK_WHY: Field = { description: 'Reason of the outcome', example: 'the saga is final' }
const SAGA_ID = '0198f2d5-6c1e-7a43-9f0b-3a1d5e2c7b10'

/**
 * Every field of every body, header and query, by name; `Component.field` and `METHOD /path field` win over the name alone. The
 * generator fails for a field without an entry, and for an entry without a field.
 */
export const FIELDS: Readonly<Record<string, Field>> = {
  associatedEntityId: { description: 'Id of the entity that the saga is about, such as an order', example: 'order-42' },
  'SagaCreation.associatedEntityId': {
    description:
      'Id of the entity that the saga is about, such as an order; a number is taken as its text, null as an empty one',
    anyOf: [{ type: 'string', maxLength: 1_024 }, { type: 'number' }],
    nullable: true,
    example: 'order-42',
  },
  action: { description: 'The action of the operator', example: 'redeliver' },
  answer: { description: 'First bytes of the answer, or why there was none', example: 'out of stock' },
  at: { description: 'Time of it', ...INSTANT },
  attempts: { description: 'Answers without success so far', type: 'integer', minimum: 0, example: 1 },
  businessEventDescription: { description: 'Description of the business event', example: 'Reservation confirmed' },
  businessEventId: { description: 'Id of the business event in `businessEvents`', example: 1 },
  businessStateDescription: {
    description: 'Description of the business state',
    example: 'The reservation is in progress',
  },
  businessStateId: { description: 'Id of the business state in `businessStates`', example: 0 },
  channel: { description: 'Id of the channel in `communicationProtocols`', example: 'reservations' },
  counts: { description: 'Numbers of sagas by state, of the same filters; only where they were asked for' },
  createdAt: { description: 'Time of the creation', ...INSTANT },
  currentState: { description: 'State of the machine that the saga is in', example: 'reservationCreated' },
  delivered: { description: 'Delivered commands of the newest step; absent where there are none' },
  details: { description: 'What the action changed' },
  deadLetters: { description: 'Commands and events that were given up; absent where there are none' },
  dryRun: { description: 'True if nothing was written or sent', type: 'boolean', enum: undefined },
  due: { description: 'Time of the next send, or of the next look at the saga', ...INSTANT },
  error: { description: 'Name of the status', example: 'Bad Request' },
  event: { description: 'Label of the event; the first is that of the creation', example: '__created__' },
  events: { description: 'Events in the order in which they were applied; one for each entry of `states`' },
  hold: { description: 'Why the saga stands still; absent where it does not' },
  history: { description: 'All that happened to the saga, oldest first' },
  id: { description: 'Id of the event or of the command; a repeated one has the same', example: 'key/payment-42' },
  'idempotency-key': {
    description:
      'Makes a repeated request harmless: percent-encoded UTF-8. The same key with the same body has the same answer and no second effect',
    minLength: 1,
    maxLength: 4_096,
    pattern: '^(?:[\\x20-\\x24\\x26-\\x7E]|%(?!00)[0-7][0-9A-Fa-f])+$',
    example: 'order-42-create',
  },
  isFinal: { description: 'True if no further event is expected', example: false },
  items: { description: 'Sagas, newest creation first; a damaged one has its id and the reason' },
  key: { description: 'Id of the saga', example: SAGA_ID },
  label: { description: 'Label of the command', example: 'validateReservation' },
  latestEvent: { description: 'Label of the last event that was applied', example: '__created__' },
  machine: { description: 'Hash of the machine that decided the step', example: '5f3b1c9a02d4e876' },
  message: {
    description: 'The action that failed, what was found and what was expected',
    example: 'metadata is missing',
  },
  messageLabel: { description: 'Label of the event, as in `inputEvent` of a transition', example: 'validationOK' },
  messagePayload: {
    description: 'Merged into the metadata of the saga, key by key; null is taken as an empty object',
    example: {},
  },
  marks: { description: 'What the saga waits for or needs care with: only what there is' },
  nextTry: { description: 'Time at which it is sent again; absent while a process sends it', ...INSTANT },
  waitingFor: {
    description: 'Events that the state lists; absent where it lists none',
    example: ['validationOK', 'validationKO'],
  },
  metadata: { description: 'Data of the saga; every command carries all of it', example: { seats: 2 } },
  name: { description: 'Name of the service', example: 'batuta' },
  next: { description: 'Cursor of the next page; absent on the last one' },
  outcome: {
    description:
      '`moved`: the event was applied. `duplicate`: it was applied before. `parked`: it is kept with the saga until it fits. `unexpected`: the state does not list it, nothing was written',
    example: 'moved',
  },
  last: { description: 'End of the newest send' },
  oldestDebt: {
    description: 'Time of the oldest decision to send that is not delivered; absent where nothing is owed',
    ...INSTANT,
  },
  'not-before': {
    description:
      'The command and the side effects of the saga are due at this instant, which is in the future; events until then are parked',
    ...INSTANT,
  },
  operation: { description: 'Id of the operation that made the step', example: 'key/mend-42' },
  operations: { description: 'Actions of operators, oldest first; absent where there are none' },
  operator: { description: 'Name of the operator', example: 'zoe' },
  owed: { description: 'Commands not delivered yet; absent where there are none' },
  parked: { description: 'Events that wait for their state; absent where there are none' },
  reason: { description: 'Reason of the operator', example: 'the warehouse is mended' },
  renamedFrom: { description: 'Former name of the state', example: 'reserving' },
  sagaId: { description: 'Id of the saga', example: SAGA_ID },
  sends: { description: 'Sends that have ended', type: 'integer', minimum: 0, example: 3 },
  since: { description: 'Time of the decision to send', ...INSTANT },
  state: { description: 'State that the saga entered', example: 'reservationCreated' },
  stateSince: { description: 'Time at which the saga entered its state', ...INSTANT },
  states: { description: 'States in the order in which they were entered' },
  status: { description: '`OK`, or `KO` with a message', example: 'OK' },
  'SagaDocument.status': { description: 'Status of the answer; absent where there was none', example: 503 },
  'SagaCreated.status': { description: 'Status of the answer; absent where there was none', example: 503 },
  kind: { description: 'A command that is no longer sent, or an event that was not applied', example: 'command' },
  why: { description: 'The reason', example: 'status 500' },
  payload: { description: 'Payload of the message; empty beside `body`' },
  body: { description: 'The message that a command hook made' },
  trace: { description: '`traceparent` of the message' },
  statusCode: { description: 'The HTTP status', type: 'integer', example: 400 },
  timer: { description: 'Deadline of the state; absent where it has none' },
  'SagaPage.state': { description: 'Id of the state', example: 'reservationCreated' },
  'SagaPage.timer': { description: 'Deadline of the state; absent where it has none', ...INSTANT },
  'SagaPage.hold': { description: 'Time since which the saga is held; absent where it is not', ...INSTANT },
  'SagaPage.owed': {
    description: 'Unsent commands; in `counts` the sagas that have some',
    type: 'integer',
    minimum: 0,
    example: 3,
  },
  'SagaPage.deadLetters': {
    description: 'Dead letters; in `counts` the sagas that have some',
    type: 'integer',
    minimum: 0,
    example: 0,
  },
  'SagaPage.parked': {
    description: 'Parked events; in `counts` the sagas that have some',
    type: 'integer',
    minimum: 0,
    example: 0,
  },
  timers: { description: 'Sagas with a deadline', type: 'integer', minimum: 0, example: 0 },
  held: { description: 'Sagas with a hold', type: 'integer', minimum: 0, example: 0 },
  total: { description: 'Sagas in the state', type: 'integer', minimum: 0, example: 42 },
  timestamp: { description: 'Time of the step', ...INSTANT },
  traceparent: {
    description: 'W3C trace context, handed on with the commands; any other text is ignored',
    example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  uncounted: {
    description: 'Why the numbers that were asked for are missing',
    example: 'the store "crud" cannot count, and there are more than 10000 sagas to read one by one',
  },
  unreadable: { description: 'Why the saga cannot be read from the store', example: 'the head is damaged' },
  until: { description: 'Time at which the saga goes on by itself', ...INSTANT },
  updatedAt: { description: 'Time of the last step', ...INSTANT },
  value: { description: 'The message, as it would be the value of a Kafka record' },
  version: { description: 'Version of the service', example: '0.1.0' },
  prefer: {
    description:
      '`wait=30`: the answer comes at the end of the saga, or after so many seconds, at most 60, with the state it is in. `Preference-Applied` says so',
    example: 'wait=30',
  },
  wait: {
    description: 'Seconds to wait for the end of the saga; then the answer has the state it is in',
    type: 'integer',
    minimum: 0,
    maximum: 60,
    example: 30,
  },
  'SagaOperated.outcome': {
    description: '`done`: the action is recorded. `repeated`: it was carried out before, under the same key',
    example: 'done',
  },
  circuit: {
    description:
      '`open`: the participant does not answer, so nothing is sent for a moment. `half-open`: one command tries it',
    example: 'closed',
  },
  command: { description: 'The command and the side effects of the new state are sent', example: false },
  conflict: { description: 'Other writers were always faster, or the fate of the write is unknown', ...COUNT },
  'BulkOperation.counts': { description: 'Sagas by their outcome' },
  'BulkResults.counts': { description: 'Sagas by their outcome' },
  cursor: { description: 'Place of the last saga that was taken' },
  done: { description: 'The action is durable', ...COUNT },
  endedAt: { description: 'Time of the end', ...INSTANT },
  filter: {
    description: 'Filters of `GET /sagas`; an empty object finds every saga',
    example: { has: 'dead-letters' },
  },
  isCut: {
    description: 'A text was too long for a record, or details were left out: the history of the saga has all of it',
  },
  isComplete: { description: 'False where the count ended before the last saga, so that more match', example: true },
  isPaused: { description: 'An operator has paused the channel', example: false },
  kept: { description: 'False where the store has no place for it: it ends with the process', example: true },
  matches: { description: 'Sagas that the filter finds now', type: 'integer', minimum: 0, example: 2_000 },
  pausedBy: { description: 'Name of the operator', example: 'zoe' },
  pausedSince: { description: 'Time of the pause', ...INSTANT },
  rate: { description: 'Most sagas a second', type: 'integer', minimum: 1, maximum: 1_000, example: 50 },
  refused: { description: 'The action does not fit the saga; `why` says why', ...COUNT },
  repeated: { description: 'Done before by a process that has ended', ...COUNT },
  sample: {
    description: 'Sagas whose outcome a dry run shows',
    type: 'integer',
    minimum: 0,
    maximum: 200,
    example: 20,
  },
  startedAt: { description: 'Time of the request', ...INSTANT },
  underWay: { description: 'Sends that this process has begun', ...COUNT },
  unknown: { description: 'The saga was removed meanwhile', ...COUNT },
  waiting: { description: 'Commands in the queue of this process', ...COUNT },
  cancelled: { description: 'Commands that an operator cancelled are sent too', example: false },
  cancelledBy: { description: 'Operator who cancelled it; absent where it was not cancelled', example: 'zoe' },
  cancelReason: { description: 'Reason of the cancellation', example: 'wrong filter' },
  code: { description: 'Names the error where its status alone does not', example: 'idempotency-key-reused' },
  'Error.operation': { description: 'Id of the operation that the error is about', example: 'key/mend-42' },
  'BulkRequest.action': {
    description: 'Each has the arguments of its own route: `channel`, `state`, `command`, `metadata`',
  },
  'BulkRequest.channel': { description: 'Only commands of this channel, or sagas with a command for it' },
  'BulkRequest.dryRun': { description: 'Counts and shows; nothing is written or sent', example: true },
  'BulkRequest.metadata': { description: 'A JSON merge patch (RFC 7396)', example: { seats: 2 } },
  'BulkRequest.reason': {
    description: 'Reason of the operation, if not in the header `x-reason`; one of both is given',
    minLength: 1,
    maxLength: 500,
    pattern: PLAIN_TEXT,
    example: 'the warehouse is mended',
  },
  'BulkRequest.state': { description: 'State of saga.json; for `cancel` a final one', example: 'cancelled' },
  'BulkRequest.isFinal': {
    description: 'Sagas that are final, or are not',
    anyOf: [{ type: 'boolean' }, { type: 'string', enum: ['true', 'false'] }],
    example: false,
  },
  'BulkRequest.since': { description: 'Sagas created at this time or later', ...INSTANT_TEXT },
  'BulkRequest.until': { description: 'Sagas created before this time', ...INSTANT_TEXT },
  'BulkRequest.has': {
    description: 'As in `GET /sagas`',
    anyOf: undefined,
    type: 'string',
    enum: ['owed', 'dead-letters', 'parked', 'timer', 'hold'],
    example: 'dead-letters',
  },
  'BulkRequest.enteredBefore': { description: 'Sagas that entered their state before this time', ...INSTANT_TEXT },
  'BulkRequest.attemptsAtLeast': {
    description: 'Sagas with a command that failed so often',
    anyOf: [
      { type: 'integer', minimum: 1, maximum: 999_999_999 },
      { type: 'string', pattern: '^(?!0+$)[0-9]{1,9}$' },
    ],
    example: 3,
  },
  'BulkOperation.id': OPERATION_ID,
  'BulkResults.id': OPERATION_ID,
  'BulkOperation.status': OPERATION_STATUS,
  'BulkResults.status': OPERATION_STATUS,
  'BulkResults.outcome': BULK_OUTCOME,
  'BulkPreview.outcome': BULK_OUTCOME,
  'BulkResults.why': BULK_WHY,
  'BulkPreview.why': BULK_WHY,
  'BulkResults.items': { description: 'Results, in the order in which the sagas were taken' },
  'BulkPreview.items': { description: 'The first sagas, with the outcome that the action would have' },
  'BulkPage.items': { description: 'Operations, newest first' },
  'Channel.id': { description: 'Id of the channel', example: 'reservations' },
  'Channels.id': { description: 'Id of the channel', example: 'reservations' },
  'Channels.items': { description: 'Channels in the order of saga.json' },
  'GET /operations limit': { description: 'Most operations of the page', type: 'integer', minimum: 1, maximum: 1_000 },
  'GET /operations after': {
    description: '`next` of the previous page; 400 where no operation has this id',
    minLength: 1,
  },
  'GET /operations/:operationId limit': {
    description: 'Most results of the page',
    type: 'integer',
    minimum: 1,
    maximum: 1_000,
  },
  'GET /operations/:operationId after': {
    description: '`next` of the previous page',
    pattern: '^[0-9]{1,9}-[0-9]{1,6}$',
    example: '0-0',
  },
  'x-operator': {
    description: 'Name of the operator, percent-encoded UTF-8. Default: `API_TOKEN`',
    minLength: 1,
    maxLength: 200,
    pattern: HEADER_TEXT,
    example: 'zoe',
  },
  'x-reason': {
    description: 'Reason of the action, percent-encoded UTF-8',
    minLength: 1,
    maxLength: 500,
    pattern: HEADER_TEXT,
    example: 'the%20warehouse%20is%20mended',
  },
  'POST /sagas/:sagaId/redeliver channel': { description: 'Only commands of this channel', minLength: 1 },
  'POST /sagas/:sagaId/move state': {
    description: 'State of the machine that the saga enters',
    example: 'reservationCreated',
  },
  'POST /sagas/:sagaId/move command': { description: 'True if the command and the side effects of the state are sent' },
  'POST /sagas/:sagaId/cancel state': { description: 'Final state of the machine that the saga enters' },
  'DELETE /sagas/:sagaId/parked/:eventId label': { description: 'Only the event of this label' },
  'DELETE /sagas/:sagaId/dead-letters/:letterId label': { description: 'Only the letter of this label' },
  'GET /sagas currentState': { description: 'Sagas in this state; 400 where neither saga.json nor a saga has it' },
  'GET /sagas businessStateId': { description: 'Sagas in this business state, by the text of its id' },
  'GET /sagas isFinal': { description: 'Sagas that are final, or are not', type: 'boolean', enum: undefined },
  'GET /sagas associatedEntityId': { description: 'Sagas of this entity' },
  'GET /sagas since': { description: 'Sagas created at this time or later', ...INSTANT },
  'GET /sagas until': { description: 'Sagas created before this time', ...INSTANT },
  'GET /sagas has': { description: 'Sagas with unsent commands, dead letters, parked events, a timer or a hold' },
  'GET /sagas enteredBefore': { description: 'Sagas that entered their state before this time', ...INSTANT },
  'GET /sagas channel': {
    description:
      'Sagas with an unsent command or a dead letter of this channel; 400 where neither saga.json nor a saga has it',
  },
  'GET /sagas attemptsAtLeast': {
    description: 'Sagas with an unsent command that has had so many answers without success',
    type: 'integer',
    pattern: undefined,
    minimum: 1,
    maximum: 999_999_999,
  },
  'GET /sagas counts': {
    description:
      'True: the answer has the numbers of sagas by state too; 501 where the store can neither count nor list',
    type: 'boolean',
    enum: undefined,
  },
  'GET /sagas limit': {
    description: 'Sagas of a page',
    type: 'integer',
    pattern: undefined,
    minimum: 1,
    maximum: 200,
    default: 50,
  },
  'GET /sagas cursor': {
    description: '`next` of the page before',
    pattern: "^-?[0-9]{1,15}~(?:[\\w.!~*'()-]|%[0-7][0-9A-F])+$",
  },
}
