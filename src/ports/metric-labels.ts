/** Outcomes of creations. */
export const CREATION_OUTCOMES = [
  'created',
  'repeated',
  'mismatch',
  'not-delayable',
  'too-large',
  'unreadable',
  'unavailable',
] as const
/** Outcomes of events. */
export const EVENT_OUTCOMES = [
  'moved',
  'duplicate',
  'unexpected',
  'parked',
  'parking-full',
  'refused',
  'stranded',
  'unknown-saga',
  'too-large',
  'unreadable',
  'unavailable',
] as const
/** Results of sends. */
export const SEND_RESULTS = ['delivered', 'rejected', 'unreachable'] as const
/** Results of saves. */
export const SAVE_RESULTS = ['saved', 'conflict', 'duplicate', 'too-large', 'unknown'] as const
/** Classes of a participant's answer; `none`: no answer. */
export const ANSWER_CLASSES = ['1xx', '3xx', '4xx', '5xx', 'other', 'none'] as const

/** Outcomes of a saga in a bulk operation. */
export const BULK_ITEM_OUTCOMES = ['done', 'repeated', 'conflict', 'refused', 'unknown'] as const

/** Reasons of refusals: too many connections or requests, long waits, too many requests of one saga. */
export const REFUSAL_REASONS = ['connections', 'limit', 'wait', 'saga'] as const

/** States of a channel's circuit. */
export const CIRCUIT_STATES = ['closed', 'half-open', 'open'] as const

/** Streams of server-sent events: of one saga, or of all. */
export const WATCHER_KINDS = ['saga', 'all'] as const

/** The outcome of a creation. */
export type CreationOutcome = (typeof CREATION_OUTCOMES)[number]
/** The outcome of an event. */
export type EventOutcome = (typeof EVENT_OUTCOMES)[number]
/** The result of a send. */
export type SendResultLabel = (typeof SEND_RESULTS)[number]
/** The result of a save. */
export type SaveResultLabel = (typeof SAVE_RESULTS)[number]
/** The outcome of a saga in a bulk operation. */
export type BulkItemOutcome = (typeof BULK_ITEM_OUTCOMES)[number]
/** The reason of a refusal. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number]
/** What a watcher watches. */
export type WatcherKind = (typeof WATCHER_KINDS)[number]
/** The class of an answer. */
export type AnswerClass = (typeof ANSWER_CLASSES)[number]

/** The class of a status; `undefined` stands for no answer. */
export function answerClass(status: number | undefined): AnswerClass {
  if (status === undefined) return 'none'
  const name = `${Math.floor(status / 100)}xx`
  return ANSWER_CLASSES.find((one) => one === name) ?? 'other'
}
