import { PLAIN_TEXT, INSTANT_TEXT } from './field.ts'
import type { Field } from './field.ts'

const OPERATION_ID: Field = { description: 'Id of the operation', example: '0198f2d5-6c1e-7a43-9f0b-3a1d5e2c7b11' }
const OPERATION_STATUS: Field = { description: 'A cancelled operation has results too', example: 'running' }
const BULK_OUTCOME: Field = { description: 'Each is explained among the counts', example: 'done' }
const BULK_WHY: Field = { description: 'Reason of the outcome', example: 'the saga is final' }

/** Fields of bulk operations and of channels. */
export const BULK_FIELDS: Readonly<Record<string, Field>> = {
  'BulkOperation.counts': { description: 'Sagas by their outcome' },
  'BulkResults.counts': { description: 'Sagas by their outcome' },
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
  'BulkRequest.lastAnswer': {
    description: 'Beside `has`: sagas with this last answer, as `lastAnswers` of `GET /sagas` has it',
    anyOf: undefined,
    type: 'string',
    minLength: 1,
    example: '422 limit exceeded',
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
  areForgotten: { description: 'The process keeps no more of the results before these; the counts have all of them' },
  isCut: {
    description: 'A text was too long for a record, or details were left out: the history of the saga has all of it',
  },
}
