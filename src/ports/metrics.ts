/** What is counted. Cheap enough for the hot path; how it is told is the adapter's affair. */
export interface Metrics {
  /** A saga entered a state (C7: `flow_manager_saga_states_total`). */
  entered(state: string, label: string): void
  /** An event has an answer. */
  event(outcome: string): void
  /** A creation has an answer. */
  creation(outcome: string): void
  /** A send of a command or side effect came to an end. */
  sent(channel: string, kind: 'command' | 'side-effect', result: string): void
  /** What happened on the way: `save-saved`, `save-conflict`, `save-unknown`, `relay-forgotten`, `relay-expired` … */
  count(what: string): void
  /** How many commands are owed to each channel, or sagas stand in each state, that the configuration does not have: all there are now. */
  unknownReferences(of: 'channel' | 'state', counts: ReadonlyMap<string, number>): void
  /** Prometheus text. */
  text(): Promise<string>
}
