/**
 * Everything that makes a schedule harder than a plain one. Each run draws which of them can happen in it, and how often: a run in which
 * everything goes wrong never reaches the rare states that one kind of fault alone leads to.
 */
export const SIMULATED_FAULTS = [
  /** The process ends before its call leaves it, after the call has left it, before its answer, after its answer. */
  'crash-before-call',
  'crash-after-call',
  'crash-before-answer',
  'crash-after-answer',
  /** The process ends at any instant; or is stopped by its host, with time for its work. */
  'crash',
  'stop',
  /** Nothing of the process runs for a while: a paused machine, a long collection of garbage. At any instant, or while a call is under way. */
  'stall',
  'stall-in-call',
  /** The wall clock differs from those of the others from the start; or is set while the process runs. */
  'clock-skew',
  'clock-jump',
  /** A read of the store fails; a page of due sagas is one of some time ago, as from a replica; a call takes long. */
  'read-lost',
  'page-stale',
  'store-slow',
  /** A write does not arrive; arrives, and its answer is lost; arrives after its time-out; arrives twice. */
  'write-lost',
  'write-unanswered',
  'write-late',
  'write-doubled',
  /** Another writer is first; the store has no room for the write; the store does not answer anybody for a while. */
  'write-overtaken',
  'write-too-large',
  'store-away',
  /** A command does not arrive; arrives, and its answer is lost; arrives after its time-out; arrives twice; takes long. */
  'send-lost',
  'send-unanswered',
  'send-late',
  'send-doubled',
  'send-slow',
  /** The participant refuses: with a failure that may pass, with one that may not, with a wait that it asks for. */
  'send-failed',
  'send-refused',
  'send-delayed',
  /** An event comes twice; before the answer to the command; after long; instead of it, one that does not fit; none comes. */
  'event-doubled',
  'event-early',
  'event-slow',
  'event-misplaced',
  'event-missing',
  /** An event comes at the deadline of its state, a little earlier or later. */
  'event-at-deadline',
  /** The participants of one channel do not answer anybody for a while. */
  'participant-away',
  /** Operators pause a channel in the processes that run, for a while (P28). */
  'channel-paused',
  /** A repeated command is acted on again, with another event. */
  'participant-forgets',
  /** A request is sent again although it was answered; before it was answered. */
  'request-repeated',
  'request-impatient',
  /** Partitions change their owners; the old owner does not notice; an acknowledgement is lost. */
  'rebalance',
  'zombie',
  'commit-lost',
  /** A creation, and an operator's action, come with the key of another one. */
  'creation-reused',
  'operation-reused',
] as const

/** Length of a stall. */
export const STALL = { least: 1_000, most: 60_000 }

/** A kind of fault. */
export type SimulatedFault = (typeof SIMULATED_FAULTS)[number]
