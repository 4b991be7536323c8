import * as v from 'valibot'
import type { GenericSchema } from 'valibot'

const object = v.record(v.string(), v.unknown())

const bulkOperation = {
  id: v.string(),
  status: v.picklist(['running', 'done', 'cancelled']),
  action: v.string(),
  channel: v.optional(v.string()),
  cancelled: v.optional(v.boolean()),
  state: v.optional(v.string()),
  command: v.optional(v.boolean()),
  metadata: v.optional(object),
  filter: object,
  operator: v.string(),
  reason: v.string(),
  rate: v.number(),
  startedAt: v.string(),
  endedAt: v.optional(v.string()),
  cancelledBy: v.optional(v.string()),
  cancelReason: v.optional(v.string()),
  counts: v.strictObject({
    done: v.number(),
    repeated: v.number(),
    conflict: v.number(),
    refused: v.number(),
    unknown: v.number(),
  }),
  cursor: v.optional(v.string()),
  kept: v.boolean(),
}
const bulkItems = v.array(
  v.strictObject({
    sagaId: v.string(),
    outcome: v.picklist(['done', 'repeated', 'conflict', 'refused', 'unknown']),
    state: v.optional(v.string()),
    why: v.optional(v.string()),
    details: v.optional(object),
    isCut: v.optional(v.literal(true)),
  }),
)

/** A bulk operation without its results. */
export const BULK_OPERATION: GenericSchema = v.strictObject(bulkOperation)

/** A bulk operation with a page of results. */
export const BULK_RESULTS: GenericSchema = v.strictObject({
  ...bulkOperation,
  items: bulkItems,
  next: v.optional(v.string()),
  areForgotten: v.optional(v.literal(true)),
})

/** The answer of `GET /operations`. */
export const BULK_PAGE: GenericSchema = v.strictObject({
  items: v.array(BULK_OPERATION),
  next: v.optional(v.string()),
  kept: v.boolean(),
})

/** The answer of a dry run. */
export const BULK_PREVIEW: GenericSchema = v.strictObject({
  dryRun: v.literal(true),
  matches: v.number(),
  isComplete: v.boolean(),
  items: bulkItems,
  kept: v.boolean(),
})

const channelShown = {
  id: v.string(),
  isPaused: v.boolean(),
  pausedSince: v.optional(v.string()),
  pausedBy: v.optional(v.string()),
  reason: v.optional(v.string()),
  circuit: v.optional(v.picklist(['closed', 'open', 'half-open'])),
  waiting: v.optional(v.number()),
  underWay: v.optional(v.number()),
}

/** The answer to a pause and its end. */
export const CHANNEL_SHOWN: GenericSchema = v.strictObject({ ...channelShown, kept: v.boolean() })

/** The answer of `GET /channels`. */
export const CHANNELS_SHOWN: GenericSchema = v.strictObject({
  items: v.array(v.strictObject(channelShown)),
  kept: v.boolean(),
})
