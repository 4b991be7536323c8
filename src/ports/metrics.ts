import type { Counted } from './counted.ts'
import type {
  AnswerClass,
  BulkItemOutcome,
  CIRCUIT_STATES,
  CreationOutcome,
  EventOutcome,
  RefusalReason,
  SaveResultLabel,
  SendResultLabel,
  WatcherKind,
} from './metric-labels.ts'

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
  /** States that are not final. */
  readonly openStates: readonly string[]
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
  /** Sagas that are not final, by state; those in states that saga.json lacks together as `other`. */
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
  /** A command became a dead letter. */
  gaveUp(channel: string, status: AnswerClass): void
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
  /** Seconds since a source took in an event, or was told that none waits. */
  progressAge(channel: string, seconds: number): void
  /** Requests that wait for the end of a saga now. */
  waiting(requests: number): void
  /** A stream of server-sent events begins (1) or has ended (-1). */
  watching(of: WatcherKind, change: 1 | -1): void
  /** Late deadlines, as the newest full scan of recovery met them. */
  dueTimers(count: number): void
  /** The newest counts of the store. */
  stored(counts: StoredCounts): void
  /** A saga has this result in a bulk operation. */
  bulkItem(outcome: BulkItemOutcome): void
  /** Bulk operations that have not ended. */
  openOperations(count: number): void
  /** Current counts, by name, of owed commands whose channel saga.json lacks, or of sagas whose state it lacks. */
  unknownReferences(of: 'channel' | 'state', counts: ReadonlyMap<string, number>): void
  /** Prometheus text. */
  text(): Promise<string>
}
