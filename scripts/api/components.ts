import type { GenericSchema } from 'valibot'
import { CREATION_BODY, EVENT_BODY } from '../../src/codec/message.ts'
import { BULK_BODY } from '../../src/http/bulk-body.ts'
import {
  BULK_OPERATION,
  BULK_PAGE,
  BULK_PREVIEW,
  BULK_RESULTS,
  CHANNEL_SHOWN,
  CHANNELS_SHOWN,
} from '../../src/http/control-schemas.ts'
import {
  ERROR,
  EVENT_HANDLED,
  PROBE_ANSWERS,
  SAGA_CREATED,
  SAGA_DOCUMENT,
  SAGA_OPERATED,
  SAGA_PAGE,
} from '../../src/http/schemas.ts'

/** A schema with a name, to which all its places refer. */
export interface Component {
  readonly schema: GenericSchema
  readonly description: string
}

/** Named schemas of the description: code generators make a type of each. */
export const COMPONENTS: Readonly<Record<string, Component>> = {
  SagaCreation: {
    schema: CREATION_BODY,
    description: 'A saga to begin: both fields are required, no other is allowed',
  },
  SagaCreated: { schema: SAGA_CREATED, description: 'The saga is saved; its first command is sent after the answer' },
  Event: {
    schema: EVENT_BODY,
    description: 'An event for one saga: all four fields are required, no other is allowed',
  },
  EventHandled: { schema: EVENT_HANDLED, description: 'The event is done with, and the saga is saved' },
  SagaDocument: { schema: SAGA_DOCUMENT, description: 'One saga with its history' },
  SagaPage: { schema: SAGA_PAGE, description: 'A page of sagas, without history and metadata' },
  SagaOperated: { schema: SAGA_OPERATED, description: 'The action is durable; with `dryRun`, nothing was written' },
  BulkRequest: { schema: BULK_BODY, description: 'One action on every saga that a filter finds' },
  BulkOperation: { schema: BULK_OPERATION, description: 'A bulk operation and its counts' },
  BulkResults: { schema: BULK_RESULTS, description: 'A bulk operation with a page of its results' },
  BulkPage: { schema: BULK_PAGE, description: 'Bulk operations, newest first' },
  BulkPreview: { schema: BULK_PREVIEW, description: 'A dry run: nothing was written or sent' },
  Channel: { schema: CHANNEL_SHOWN, description: 'A channel after the action' },
  Channels: { schema: CHANNELS_SHOWN, description: 'The channels of saga.json' },
  Ready: { schema: required(PROBE_ANSWERS[200]), description: 'The probe found nothing wrong' },
  Error: { schema: ERROR, description: 'The body of every error' },
}

function required(schema: GenericSchema | undefined): GenericSchema {
  if (schema === undefined) throw new Error('describe the API: expected a schema for status 200 of the probes')
  return schema
}
