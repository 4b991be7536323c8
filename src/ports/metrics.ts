/** Labels of a request. Each has few values: the route is a pattern, never a path. */
export interface RequestLabels {
  readonly method: string
  readonly route: string
  readonly status: number
}

/** Counters and durations. Each call is cheap enough for the hot path. */
export interface Metrics {
  /** A saga entered a state (C7: `flow_manager_saga_states_total`). */
  entered(state: string, label: string): void
  /** An event was answered with this kind of outcome. */
  event(outcome: string): void
  /** A creation was answered with this kind of outcome. */
  creation(outcome: string): void
  /** A request was answered after so many seconds (C7: `http_request_duration_seconds`, `http_request_summary_seconds`). */
  request(labels: RequestLabels, seconds: number): void
  /** A send has ended with this kind of result. */
  sent(channel: string, kind: 'command' | 'side-effect', result: string): void
  /** Counts one occurrence of a name: `save-saved`, `save-conflict`, `save-unknown`, `relay-forgotten`, `relay-expired` … */
  count(what: string): void
  /** Current counts, by name, of owed commands whose channel saga.json lacks, or of sagas whose state it lacks. */
  unknownReferences(of: 'channel' | 'state', counts: ReadonlyMap<string, number>): void
  /** Prometheus text. */
  text(): Promise<string>
}
