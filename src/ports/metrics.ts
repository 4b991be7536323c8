import { COUNTED } from './counted.ts'
import type { Counted } from './counted.ts'

/** Kinds of metrics, as Prometheus has them. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary'

/** A row of `METRICS`. */
export interface MetricRow {
  readonly type: MetricType
  /** Unit of a value. */
  readonly unit: string
  /** Each label with its values, or with the place that bounds them. */
  readonly labels: Readonly<Record<string, readonly string[] | string>>
  readonly help: string
  /** Upper bounds of a histogram, in seconds; the last bucket, of all above, is not among them. */
  readonly buckets?: readonly number[] | undefined
}

/** The name of a metric. Names are stable: dashboards and alerts go by them. */
export type MetricName =
  | 'flow_manager_saga_states_total'
  | 'batuta_requests_in_progress'
  | 'batuta_oldest_request_seconds'
  | 'batuta_refused_requests_total'
  | 'batuta_creations_total'
  | 'batuta_events_total'
  | 'batuta_sends_total'
  | 'batuta_retries_total'
  | 'batuta_internal_total'
  | 'batuta_step_duration_seconds'
  | 'batuta_save_duration_seconds'
  | 'batuta_send_duration_seconds'
  | 'batuta_queued_commands'
  | 'batuta_queued_bytes'
  | 'batuta_sends_under_way'
  | 'batuta_circuit_state'
  | 'batuta_channel_paused'
  | 'batuta_open_sagas'
  | 'batuta_owing_sagas'
  | 'batuta_oldest_debt_seconds'
  | 'batuta_dead_letter_sagas'
  | 'batuta_parked_sagas'
  | 'batuta_timer_sagas'
  | 'batuta_due_timers'
  | 'batuta_held_sagas'
  | 'batuta_counted_timestamp_seconds'
  | 'batuta_unknown_channel_commands'
  | 'batuta_unknown_state_sagas'
  | 'batuta_group_lag'
  | 'batuta_build_info'
  | 'http_request_duration_seconds'
  | 'http_request_summary_seconds'

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

/** Reasons of refusals: too many connections or requests, long waits, too many requests of one saga. */
export const REFUSAL_REASONS = ['connections', 'limit', 'wait', 'saga'] as const

/** States of a channel's circuit. */
export const CIRCUIT_STATES = ['closed', 'half-open', 'open'] as const

/** The outcome of a creation. */
export type CreationOutcome = (typeof CREATION_OUTCOMES)[number]
/** The outcome of an event. */
export type EventOutcome = (typeof EVENT_OUTCOMES)[number]
/** The result of a send. */
export type SendResultLabel = (typeof SEND_RESULTS)[number]
/** The result of a save. */
export type SaveResultLabel = (typeof SAVE_RESULTS)[number]
/** The reason of a refusal. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number]
/** The class of an answer. */
export type AnswerClass = (typeof ANSWER_CLASSES)[number]

/** Place that bounds the values of a label: every channel has its series from the start. */
export const OF_CHANNELS = 'channels of saga.json'
const OF_STATES = 'states of saga.json'
const QUICK = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SLOW = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const OF_HTTP = { method: 'usual methods, or `other`', route: 'patterns of routes', status_code: 'statuses' }

/**
 * Every metric of the service; those of the process come from prom-client. Adapters make their metrics of this table, and
 * docs/METRICS.md is made of it by `npm run docs:metrics`.
 */
export const METRICS: Readonly<Record<MetricName, MetricRow>> = {
  flow_manager_saga_states_total: {
    type: 'counter',
    unit: 'passages',
    labels: { state: OF_STATES, incoming_message_label: 'events of saga.json' },
    help: 'Passages of sagas through each state (C7)',
  },
  batuta_requests_in_progress: {
    type: 'gauge',
    unit: 'requests',
    labels: {},
    help: 'Creations and events over HTTP that were admitted and have no answer yet (P16)',
  },
  batuta_oldest_request_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: {},
    help: 'Wait of the oldest creation or event in progress; 0 without one (P16)',
  },
  batuta_refused_requests_total: {
    type: 'counter',
    unit: 'requests',
    labels: { reason: REFUSAL_REASONS },
    help: 'Creations and events that were refused under overload, and connections above the limit (P16)',
  },
  batuta_creations_total: {
    type: 'counter',
    unit: 'creations',
    labels: { outcome: CREATION_OUTCOMES },
    help: 'Creations by outcome',
  },
  batuta_events_total: {
    type: 'counter',
    unit: 'events',
    labels: { outcome: EVENT_OUTCOMES },
    help: 'Events by outcome',
  },
  batuta_sends_total: {
    type: 'counter',
    unit: 'sends',
    labels: { channel: OF_CHANNELS, kind: ['command', 'side-effect'], result: SEND_RESULTS },
    help: 'Sends of commands and side effects by result',
  },
  batuta_retries_total: {
    type: 'counter',
    unit: 'sends',
    labels: { channel: OF_CHANNELS, status: ANSWER_CLASSES },
    help: 'Sends without success whose command is sent again, by the class of the answer',
  },
  batuta_internal_total: {
    type: 'counter',
    unit: 'occurrences',
    labels: { what: Object.keys(COUNTED) },
    help: 'Occurrences by name',
  },
  batuta_step_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: { kind: ['creation', 'event'] },
    help: 'From a creation or an event to its outcome, the wait for earlier work of its saga included',
    buckets: QUICK,
  },
  batuta_save_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: { result: SAVE_RESULTS },
    help: 'One write to the store, by result; `unknown` is a write without an answer',
    buckets: QUICK,
  },
  batuta_send_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: { channel: OF_CHANNELS, result: SEND_RESULTS },
    help: 'One send of a command or a side effect, by result',
    buckets: SLOW,
  },
  batuta_queued_commands: {
    type: 'gauge',
    unit: 'commands',
    labels: { channel: OF_CHANNELS },
    help: 'Commands that wait in memory for their channel; the others wait in the store (P16)',
  },
  batuta_queued_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: { channel: OF_CHANNELS },
    help: 'Estimated bytes of the commands that wait in memory for their channel',
  },
  batuta_sends_under_way: {
    type: 'gauge',
    unit: 'sends',
    labels: { channel: OF_CHANNELS },
    help: 'Sends that have no answer yet',
  },
  batuta_circuit_state: {
    type: 'gauge',
    unit: '0 or 1',
    labels: { channel: OF_CHANNELS, state: CIRCUIT_STATES },
    help: "1 for the state of the channel's circuit; `open`: its participant gave no answer, and one probe at a time is sent",
  },
  batuta_channel_paused: {
    type: 'gauge',
    unit: '0 or 1',
    labels: { channel: OF_CHANNELS },
    help: '1 while an operator has paused the channel',
  },
  batuta_open_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: { state: `${OF_STATES}; \`other\` for states that it lacks` },
    help: 'Stored sagas that are not final, by state',
  },
  batuta_owing_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: {},
    help: 'Stored sagas that owe a command (P3)',
  },
  batuta_oldest_debt_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: {},
    help: 'Age of the oldest owed command in the store; 0 where none is owed (P15)',
  },
  batuta_dead_letter_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: {},
    help: 'Stored sagas with dead letters (P15)',
  },
  batuta_parked_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: {},
    help: 'Stored sagas with parked events (P10)',
  },
  batuta_timer_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: {},
    help: 'Stored sagas whose state has a deadline (P18)',
  },
  batuta_due_timers: {
    type: 'gauge',
    unit: 'sagas',
    labels: {},
    help: 'Stored sagas whose deadline passed more than ten seconds ago, at the newest full look of recovery (P18)',
  },
  batuta_held_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: {},
    help: 'Stored sagas that an operator holds (P26)',
  },
  batuta_counted_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: {},
    help: 'Unix time of the newest count of the store; 0 before the first one, and where the store can neither count nor list',
  },
  batuta_unknown_channel_commands: {
    type: 'gauge',
    unit: 'commands',
    labels: { channel: 'channels that saga.json lacks and stored commands need' },
    help: 'Commands owed to channels that are not configured',
  },
  batuta_unknown_state_sagas: {
    type: 'gauge',
    unit: 'sagas',
    labels: { state: 'states that saga.json lacks and stored sagas have' },
    help: 'Sagas in states that are not configured',
  },
  batuta_group_lag: {
    type: 'gauge',
    unit: 'records',
    labels: { channel: OF_CHANNELS, topic: 'input topics of saga.json' },
    help: 'Records of the partitions of this process that are not settled yet',
  },
  batuta_build_info: {
    type: 'gauge',
    unit: '–',
    labels: { version: 'one', runtime: 'one', store: 'one' },
    help: 'Always 1: version, runtime and type of the store of this process',
  },
  http_request_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: OF_HTTP,
    help: 'Seconds from a request to its answer, by method, route and status (histogram)',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 5, 10],
  },
  http_request_summary_seconds: {
    type: 'summary',
    unit: 'seconds',
    labels: { ...OF_HTTP, quantile: ['0.5', '0.9', '0.95', '0.99'] },
    help: 'Seconds from a request to its answer, by method, route and status (summary)',
  },
}

/** Labels of a request. Each has few values: the route is a pattern, never a path. */
export interface RequestLabels {
  readonly method: string
  readonly route: string
  readonly status: number
}

/** Labels of a send. */
export interface SendLabels {
  readonly channel: string
  readonly kind: 'command' | 'side-effect'
  readonly result: SendResultLabel
}

/** Names that are known at the start, so that their series begin at zero: an increase from nothing is invisible to `rate`. */
export interface KnownLabels {
  readonly states: readonly string[]
  /** Every state with each label of an event that leads to it. */
  readonly passages: readonly (readonly [state: string, label: string])[]
  readonly channels: readonly string[]
  readonly topics: readonly (readonly [channel: string, topic: string])[]
  readonly build: { readonly version: string; readonly runtime: string; readonly store: string }
}

/** A channel at this moment. */
export interface ChannelReading {
  readonly channel: string
  /** Commands that wait in memory, and their estimated bytes. */
  readonly waiting: number
  readonly bytes: number
  /** Sends without an answer yet. */
  readonly underWay: number
  readonly circuit: (typeof CIRCUIT_STATES)[number]
  /** An operator paused the channel. */
  readonly isPaused: boolean
}

/** Creations and events in progress at this moment. */
export interface RequestsReading {
  readonly inProgress: number
  /** Milliseconds that the oldest one has waited. */
  readonly oldest: number
}

/** Counts of the sagas of the store. */
export interface StoredCounts {
  /** Sagas that are not final, by state; states that saga.json lacks together as `other`. */
  readonly states: ReadonlyMap<string, number>
  readonly owing: number
  /** Age in seconds; 0 where nothing is owed. */
  readonly oldestDebt: number
  readonly deadLetters: number
  readonly parked: number
  readonly timers: number
  readonly held: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Counters, gauges and durations. Each call is cheap enough for the hot path. */
export interface Metrics {
  /** Makes the series of these labels. Counts of earlier calls stay. */
  prepare(known: KnownLabels): void
  /** A saga entered a state (C7: `flow_manager_saga_states_total`). */
  entered(state: string, label: string): void
  /** An event was answered with this kind of outcome. */
  event(outcome: EventOutcome): void
  /** A creation was answered with this kind of outcome. */
  creation(outcome: CreationOutcome): void
  /** A creation or an event had its outcome after so many seconds. */
  step(kind: 'creation' | 'event', seconds: number): void
  /** The store answered a write, or failed to, after so many seconds. */
  saved(result: SaveResultLabel, seconds: number): void
  /** A request was answered after so many seconds (C7: `http_request_duration_seconds`, `http_request_summary_seconds`). */
  request(labels: RequestLabels, seconds: number): void
  /** A send has ended after so many seconds. */
  sent(labels: SendLabels, seconds: number): void
  /** A send had no success, and its command is sent again. */
  retried(channel: string, status: AnswerClass): void
  /** Counts one occurrence. */
  count(what: Counted): void
  /** Reader of the channels, called for each text; it answers from memory. A second reader replaces the first. */
  readChannels(read: () => readonly ChannelReading[]): void
  /** A creation or an event was refused under overload, or a connection. */
  refused(reason: RefusalReason): void
  /** Reader of the requests in progress, called for each text. A second reader replaces the first. */
  readRequests(read: () => RequestsReading): void
  /** Records of a topic that this process has not settled yet. */
  lag(channel: string, topic: string, records: number): void
  /** Late deadlines, as the newest full scan of recovery met them. */
  dueTimers(count: number): void
  /** The newest counts of the store. */
  stored(counts: StoredCounts): void
  /** Current counts, by name, of owed commands whose channel saga.json lacks, or of sagas whose state it lacks. */
  unknownReferences(of: 'channel' | 'state', counts: ReadonlyMap<string, number>): void
  /** Prometheus text. */
  text(): Promise<string>
}

/** The class of a status; `undefined` stands for no answer. */
export function answerClass(status: number | undefined): AnswerClass {
  if (status === undefined) return 'none'
  const name = `${Math.floor(status / 100)}xx`
  return ANSWER_CLASSES.find((one) => one === name) ?? 'other'
}
