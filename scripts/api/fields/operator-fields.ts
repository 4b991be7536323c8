import { HEADER_TEXT } from './field.ts'
import type { Field } from './field.ts'

/** Fields of operators' actions on one saga. */
export const OPERATOR_FIELDS: Readonly<Record<string, Field>> = {
  'idempotency-key': {
    description:
      'Makes a repeated request harmless: percent-encoded UTF-8. The same key with the same body has the same answer and no second effect',
    minLength: 1,
    maxLength: 4_096,
    pattern: '^(?:[\\x20-\\x24\\x26-\\x7E]|%(?!00)[0-7][0-9A-Fa-f])+$',
    example: 'order-42-create',
  },
  'SagaOperated.outcome': {
    description: '`done`: the action is recorded. `repeated`: it was carried out before, under the same key',
    example: 'done',
  },
  'Error.operation': { description: 'Id of the operation that the error is about', example: 'key/mend-42' },
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
}
