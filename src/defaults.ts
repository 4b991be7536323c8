/**
 * Every default of the corridor, in one place. Durations are milliseconds, sizes bytes. docs/ARCHITECTURE.md explains them.
 */
export const DEFAULTS = {
  /** Until an outward connection must stand. */
  connect: 2_000,
  /** Until an outward answer must be there. */
  answer: 10_000,
  /** A lease outlasts its channel's time-out by this much, so that its holder surely has stopped (P12). */
  leaseMargin: 5_000,
  /** How often a process looks for work that is due in its store (I9). */
  sweep: 1_000,
  /** Sagas that are read at once, and how often a look does so: heads are as large as their metadata. */
  sweepPage: 256,
  sweepPages: 32,
  /** Sagas of a page that are claimed at once where others sweep too, so that they seldom meet (P16). */
  sweepAtOnce: 64,
  /** Leases of its own that a process remembers. */
  leases: 100_000,
  /** The same where a host bounds how much one look may ask of others. */
  sweepPagesBrief: 4,
  /** Settlements that are written side by side, so that they do not stand before the requests. */
  settleAtOnce: 64,
  /** First and longest wait before a command is tried again. */
  retryFirst: 200,
  retryLongest: 60_000,
  /** An object's alarm sets the next one for so long from now before it begins: a kill in between costs this much (P19). */
  alarmGuard: 5_000,
  /** A delivered command waits so long for another write to carry its settlement. */
  settle: 2_000,
  /** Until an event or a creation must have its answer; then 503 (P6, P21). */
  deadline: 10_000,
  /** Until readiness has an answer; whatever is probed has its own time-outs, which come sooner and know why. */
  probe: 11_000,
  /** What `Retry-After` says with a 503, in seconds. */
  retryAfterSeconds: 1,
  /** Commands that wait in memory for one channel, and their estimated bytes; what does not fit is the sweep's (P16). */
  queue: 2_000,
  queueBytes: 67_108_864,
  /** Commands under way at once on one channel. */
  sendsAtOnce: 128,
  /** Events of a source that are in the corridor at once. */
  eventsAtOnce: 512,
  /** Until a source's event must have its answer: others of its source wait for it, and it can be handed in again (P20). */
  eventDeadline: 3_000,
  /** How often a store that is away is asked whether it is back. */
  outageProbe: 1_000,
  /** How often final sagas that are kept long enough are looked for, and how many are taken away at once. */
  retentionLook: 60_000,
  retentionPage: 256,
  /** How often the wall clock is compared with the store's, and by how much it may be off (P23). */
  clockLook: 60_000,
  clockTolerance: 5_000,
  /** A Kafka broker takes a member for dead that it has not heard from for so long. */
  kafkaSession: 10_000,
  /** Heads remembered between events of a saga. */
  heads: 67_108_864,
  /** How long readiness tells that a creation failed, where none has succeeded since. */
  creationFailed: 10_000,
} as const
