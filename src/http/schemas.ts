import * as v from 'valibot'
import type { GenericSchema } from 'valibot'
import type { ErrorStatus } from './error-response.ts'
import type { ResponseSchemas } from './route.ts'

const writeHeaders = { 'idempotency-key': v.optional(v.string()), traceparent: v.optional(v.string()) }
/** Headers that `POST /event` reads; `traceparent` is passed on with the commands (C3.5). */
export const WRITE_HEADERS: GenericSchema = v.object(writeHeaders)

/** The header of a request that waits for the end of a saga (RFC 7240). */
export const WAIT_HEADERS: GenericSchema = v.object({ prefer: v.optional(v.string()) })

/** Headers that `POST /saga` reads. */
export const CREATION_HEADERS: GenericSchema = v.object({
  ...writeHeaders,
  prefer: v.optional(v.string()),
  'not-before': v.optional(v.string()),
})

/** The query of a request that may wait for the end of a saga (C7). */
export const WAIT_QUERY: GenericSchema = v.object({ wait: v.optional(v.string()) })

/** The body of every error (C7). */
export const ERROR: GenericSchema = v.strictObject({
  statusCode: v.number(),
  error: v.string(),
  message: v.string(),
  code: v.optional(v.picklist(['idempotency-key-reused'])),
  operation: v.optional(v.string()),
})

/** The body of each of these errors (C7). */
export function errors(...statuses: readonly ErrorStatus[]): ResponseSchemas {
  return Object.fromEntries(statuses.map((status) => [status, ERROR]))
}

/** The answer of `POST /event`: the saga moved, the event was applied before, it is parked (P10), or it did not fit and is ignored (C4.3). */
export const EVENT_HANDLED: GenericSchema = v.strictObject({
  outcome: v.picklist(['moved', 'duplicate', 'parked', 'unexpected']),
  sagaId: v.string(),
  currentState: v.string(),
})

/** The answer to an operator's action: carried out, or a repeat of one that was (P25). `dryRun`: nothing was written. */
export const SAGA_OPERATED: GenericSchema = v.strictObject({
  outcome: v.picklist(['done', 'repeated']),
  sagaId: v.string(),
  currentState: v.string(),
  details: v.optional(v.record(v.string(), v.unknown())),
  dryRun: v.optional(v.literal(true)),
})

const businessId = v.union([v.string(), v.number()])
const businessState = {
  businessStateId: v.optional(businessId),
  businessStateDescription: v.optional(v.string()),
}
const head = {
  sagaId: v.string(),
  associatedEntityId: v.string(),
  currentState: v.string(),
  latestEvent: v.string(),
  isFinal: v.boolean(),
  ...businessState,
}
const waitingFor = v.optional(v.array(v.string()))
const object = v.record(v.string(), v.unknown())
const SEND_REPORT = v.strictObject({
  at: v.string(),
  status: v.optional(v.number()),
  answer: v.optional(v.string()),
})

const deadLetter = v.strictObject({
  kind: v.picklist(['command', 'event']),
  id: v.string(),
  label: v.string(),
  channel: v.optional(v.string()),
  payload: object,
  body: v.optional(v.unknown()),
  trace: v.optional(v.string()),
  why: v.string(),
  since: v.string(),
  attempts: v.number(),
  last: v.optional(SEND_REPORT),
})

const document = v.strictObject({
  ...head,
  metadata: object,
  history: v.strictObject({
    states: v.array(v.strictObject({ state: v.string(), timestamp: v.string(), ...businessState })),
    events: v.array(
      v.strictObject({
        event: v.string(),
        timestamp: v.string(),
        businessEventId: v.optional(businessId),
        businessEventDescription: v.optional(v.string()),
        id: v.string(),
        machine: v.string(),
        operation: v.optional(v.string()),
        renamedFrom: v.optional(v.string()),
        changed: v.optional(v.array(v.string())),
        changedCount: v.optional(v.number()),
      }),
    ),
    operations: v.optional(
      v.array(
        v.strictObject({
          id: v.string(),
          action: v.string(),
          at: v.string(),
          operator: v.string(),
          reason: v.string(),
          details: v.optional(object),
        }),
      ),
    ),
  }),
  isUnknownState: v.optional(v.literal(true)),
  waitingFor,
  stateSince: v.optional(v.string()),
  owed: v.optional(
    v.array(
      v.strictObject({
        id: v.string(),
        label: v.string(),
        channel: v.string(),
        attempts: v.number(),
        since: v.string(),
        due: v.string(),
        nextTry: v.optional(v.string()),
        sends: v.optional(v.number()),
        last: v.optional(SEND_REPORT),
        isPaused: v.optional(v.literal(true)),
        isUnknownChannel: v.optional(v.literal(true)),
      }),
    ),
  ),
  deadLetters: v.optional(v.array(deadLetter)),
  parked: v.optional(v.array(object)),
  timer: v.optional(object),
  delivered: v.optional(
    v.array(
      v.strictObject({
        id: v.string(),
        label: v.string(),
        channel: v.string(),
        since: v.string(),
        at: v.string(),
        sends: v.number(),
      }),
    ),
  ),
  hold: v.optional(
    v.strictObject({ since: v.string(), until: v.optional(v.string()), isBeginning: v.optional(v.literal(true)) }),
  ),
})

/** The answer of `GET /sagas/{sagaId}` (C5); timestamps are ISO 8601 in UTC. */
export const SAGA_DOCUMENT: GenericSchema = document

/** The answer of `POST /saga`: the id alone, or the whole document after a wait (C7). */
export const SAGA_CREATED: GenericSchema = v.strictObject({ ...v.partial(document).entries, sagaId: v.string() })

/** The answer of `GET /sagas`: summaries, and ids of unreadable sagas with the reason. `next` is the cursor of the next page. */
export const SAGA_PAGE: GenericSchema = v.strictObject({
  items: v.array(
    v.union([
      v.strictObject({
        ...head,
        waitingFor,
        createdAt: v.string(),
        updatedAt: v.string(),
        due: v.optional(v.string()),
        stateSince: v.optional(v.string()),
        marks: v.optional(
          v.strictObject({
            owed: v.optional(v.number()),
            deadLetters: v.optional(v.number()),
            parked: v.optional(v.number()),
            timer: v.optional(v.string()),
            hold: v.optional(v.string()),
            until: v.optional(v.string()),
          }),
        ),
      }),
      v.strictObject({ sagaId: v.string(), unreadable: v.string() }),
    ]),
  ),
  next: v.optional(v.string()),
  counts: v.optional(
    v.array(
      v.strictObject({
        state: v.string(),
        total: v.number(),
        owed: v.number(),
        deadLetters: v.number(),
        parked: v.number(),
        timers: v.number(),
        held: v.number(),
        oldestDebt: v.optional(v.string()),
      }),
    ),
  ),
  uncounted: v.optional(v.string()),
})

const probe = { name: v.string(), version: v.string() }

/** The answers of `/-/healthz`, `/-/ready` and `/-/check-up`; a probe that throws is an error like any other. */
export const PROBE_ANSWERS: ResponseSchemas = {
  200: v.strictObject({ status: v.literal('OK'), ...probe }),
  503: v.union([v.strictObject({ status: v.literal('KO'), ...probe, message: v.string() }), ERROR]),
}

/** Any JSON value: a part of saga.json as it was read, secrets redacted. */
export const CONFIGURATION_SHOWN: GenericSchema = v.unknown()

/** `GET /documentation/json` and `GET /documentation/asyncapi.json`. */
export const DESCRIPTION_SHOWN: GenericSchema = object

/** The empty body of a 304. */
export const NOT_MODIFIED: GenericSchema = v.literal('')

/** A text that is no JSON. */
export const TEXT_SHOWN: GenericSchema = v.string()

/** The text format of Prometheus. */
export const METRICS_TEXT: GenericSchema = v.string()

/** Server-sent events. */
export const EVENT_STREAM: GenericSchema = v.string()

/** The answer without a body to a client that has all events of a saga that is over. */
export const NO_CONTENT: GenericSchema = v.literal('')

/** The header of a client that comes back to a stream. */
export const WATCH_REQUEST: GenericSchema = v.object({ 'last-event-id': v.optional(v.string()) })
