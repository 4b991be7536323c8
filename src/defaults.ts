/** All defaults of the corridor. Durations are milliseconds, sizes bytes. docs/ARCHITECTURE.md has the reasons. */
export const DEFAULTS = {
  /** Time to connect to a host. */
  connect: 2_000,
  /** Time to the whole answer of a host. */
  answer: 10_000,
  /** The same, of a participant whose channel has none of our keys (C2.5b). */
  unconfiguredAnswer: 60_000,
  /** A lease is longer than its channel's time-out by this much, so that its holder has surely stopped (P12). */
  leaseMargin: 5_000,
  /** An answer without success whose status came in time may be read for so much longer (P15). */
  wordsGrace: 500,
  /** Interval of looks for due work in the store (I9). */
  sweep: 1_000,
  /** Sagas of a page, and pages of a look: heads are as large as their metadata. */
  sweepPage: 256,
  sweepPages: 32,
  /** Sagas of a page that are claimed at once where other processes sweep too, so that they seldom collide (P16). */
  sweepAtOnce: 64,
  /** Idle leases that a process remembers. */
  leases: 100_000,
  /** Pages of a look on hosts that bound the requests of one invocation. */
  sweepPagesBrief: 4,
  /** Concurrent writes of settlements, and of those of a store in this process, which are one commit; requests come first. */
  settleAtOnce: 64,
  settleAtOnceHere: 128,
  /** Sagas whose settlements wait; with more of them a half is written at once. Their heads are to stay in the cache until then. */
  settlements: 8_192,
  /** Bounds of the backoff before a command is sent again; a random half to all of it is waited. */
  retryFirst: 200,
  retryLongest: 60_000,
  /** Answers other than success after which a channel with `retry` gives a command up (C2.5a). */
  attempts: 20,
  /** A channel with `retry` waits at most so long because its participant asks for it, or its own longest wait where that is longer. */
  retryAfter: 600_000,
  /** Time in which the dead letter of a command is tried again while the store does not take it. */
  giveUp: 60_000,
  /** An object's alarm sets the next one this much later before it works: the cost of a kill in between (P19). */
  alarmGuard: 5_000,
  /** Time that a settlement waits for another write to carry it. */
  settle: 2_000,
  /** Time to the answer of an event or a creation; then 503 (P6, P21). */
  deadline: 10_000,
  /** Time to the answer of readiness. Probed parts have shorter time-outs, which give a reason. */
  probe: 11_000,
  /** Creations and events over HTTP in progress; further ones are refused at once. */
  requests: 1_000,
  /** A request in progress that is older was ended by its host, without a word: no work of a request takes so long. */
  lostRequest: 60_000,
  /** Open connections of a process, on Node and Deno: more than requests in progress and those that wait for an end. */
  connections: 12_000,
  /** `Retry-After` of a 503, in seconds. */
  retryAfterSeconds: 1,
  /** Commands that wait in memory for one channel, and their estimated bytes; the sweep finds the others (P16). */
  queue: 2_000,
  queueBytes: 67_108_864,
  /** Concurrent sends of one channel. */
  sendsAtOnce: 128,
  /** Concurrent events of a source. */
  eventsAtOnce: 512,
  /** Time to the answer of a source's event: others of its source wait for it, and it can be handed in again (P20). */
  eventDeadline: 3_000,
  /** Interval of probes during an outage of the store. */
  outageProbe: 1_000,
  /** Interval of removals of old final sagas, and sagas of one removal. */
  retentionLook: 60_000,
  retentionPage: 256,
  /** Longest time after trouble that the events of timers wait for what sources still hold (P18). */
  timerGrace: 300_000,
  /** Interval of comparisons of the wall clock with the store's, and their tolerated difference (P23). */
  clockLook: 60_000,
  clockTolerance: 5_000,
  /** Silence after which a Kafka broker takes a member for dead. */
  kafkaSession: 10_000,
  /** Estimated bytes of the head cache. */
  heads: 33_554_432,
  /** Time that a failed creation keeps the service unready, unless one succeeds before. */
  creationFailed: 10_000,
  /** Bounds of the parked events of one saga: their number and their time (P10). */
  parkedEvents: 100,
  parkedFor: 604_800_000,
  /** Interval of looks at the records of the service: paused channels and open bulk operations. */
  recordsLook: 2_000,
  /** First wait of a saga with an alarm of its own that has commands for a paused channel. */
  pausedLook: 10_000,
  /** Sagas that a bulk operation takes in a second. */
  bulkRate: 50,
  /** Time after which another process goes on with a bulk operation whose process has ended. */
  bulkLease: 30_000,
  /** Time in which a dry run counts. */
  bulkCount: 5_000,
  /** Time in which the sagas of a list are counted one by one, where the store cannot count. */
  countOneByOne: 5_000,
  /** Headers that one message hands on (C3.6), and bytes of their names and values. No more fit into a request to Flow Manager. */
  handedOnHeaders: 100,
  handedOnBytes: 16_384,
  /** Longest wait of a request for the end of a saga (C7), and requests of a process that wait. */
  longestWait: 60_000,
  waitingRequests: 10_000,
  /** Bounds of the interval at which the head of an awaited saga is read where other processes move it too; such reads at once. */
  endLookFirst: 100,
  endLookLongest: 2_000,
  endLooksAtOnce: 16,
  /** Time of one call of a saga's object that waits: no client can end the call itself. */
  remoteWait: 5_000,
  /** Streams of server-sent events of a process, and bytes that one of a single saga keeps for a slow client. */
  watchers: 5_000,
  watchBytes: 262_144,
  /** Bytes that all streams of single sagas keep together. */
  watchBytesTotal: 67_108_864,
  /** Interval of their heartbeats, and the time after which a client comes back. */
  watchBeat: 15_000,
  watchRetry: 3_000,
  /** Heads of watched sagas that are read a second, and the interval for one saga where no other process moves it. */
  watchLooks: 200,
  watchLookAlone: 15_000,
  /** Life of a stream on a host that bounds what one request may ask of a store, and waits for open requests before it ends. */
  watchLifeBrief: 60_000,
  /** Events of all sagas wait so long for others, or until they are so many bytes, to be sent together. */
  watchFlush: 200,
  watchFlushBytes: 131_072,
  /** Bytes of the newest events of all sagas that clients may come back for, and the time that they are kept without a client. */
  watchRing: 1_048_576,
  watchLinger: 60_000,
  /** A hook that takes this long delays every saga of the process: it is logged and counted. */
  slowHook: 50,
} as const
