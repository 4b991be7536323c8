import { COUNTED } from './counted.ts'
import {
  ANSWER_CLASSES,
  BULK_ITEM_OUTCOMES,
  CIRCUIT_STATES,
  CREATION_OUTCOMES,
  EVENT_OUTCOMES,
  REFUSAL_REASONS,
  SAVE_RESULTS,
  SEND_RESULTS,
  WATCHER_KINDS,
} from './metric-labels.ts'

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
  | 'batuta_given_up_total'
  | 'batuta_internal_total'
  | 'batuta_step_duration_seconds'
  | 'batuta_save_duration_seconds'
  | 'batuta_send_duration_seconds'
  | 'batuta_waiting_requests'
  | 'batuta_watchers'
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
  | 'batuta_bulk_items_total'
  | 'batuta_open_operations'
  | 'batuta_unknown_channel_commands'
  | 'batuta_unknown_state_sagas'
  | 'batuta_group_lag'
  | 'batuta_group_progress_age_seconds'
  | 'batuta_build_info'
  | 'http_request_duration_seconds'
  | 'http_request_summary_seconds'

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
  batuta_given_up_total: {
    type: 'counter',
    unit: 'commands',
    labels: { channel: OF_CHANNELS, status: ANSWER_CLASSES },
    help: 'Commands that became dead letters, by the class of the last answer (P15)',
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
  batuta_waiting_requests: {
    type: 'gauge',
    unit: 'requests',
    labels: {},
    help: 'Requests that wait for the end of a saga (`wait`); each is an open connection',
  },
  batuta_watchers: {
    type: 'gauge',
    unit: 'streams',
    labels: { of: WATCHER_KINDS },
    help: 'Streams of server-sent events, of one saga or of all; each is an open connection',
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
    labels: { state: `${OF_STATES} that are not final; \`other\` for states that it lacks` },
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
  batuta_bulk_items_total: {
    type: 'counter',
    unit: 'sagas',
    labels: { outcome: BULK_ITEM_OUTCOMES },
    help: 'Results of bulk operations that this process has recorded, by outcome (P25)',
  },
  batuta_open_operations: {
    type: 'gauge',
    unit: 'operations',
    labels: {},
    help: 'Bulk operations that have not ended, at the newest look at the records of the service (P25)',
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
  batuta_group_progress_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: { channel: OF_CHANNELS },
    help: 'Time since an event was taken in, or since the brokers have shown that none waits; above 90 the channel is not ready',
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
