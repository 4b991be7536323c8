import type { Command, Duration, Instant } from '../engine/saga.ts'
import type { Health } from './health.ts'

/** Outlet of commands to participants. */
export interface Channel {
  readonly id: string
  /** Longest duration of one `send`, connecting included; leases are made of it (P12). */
  readonly timeout: Duration
  /** Bound of concurrent sends, for a channel that groups them. Default: the bound of the relay. */
  readonly sendsAtOnce?: number | undefined
  /** Limits of its commands and side effects, for each process (P28). Absent: only the bound of concurrent sends. */
  readonly limits?: FlowLimits | undefined
  /** How often a command is sent (P15). Default: until it is delivered, whatever the answers. */
  readonly retry?: ChannelRetry | undefined
  /** Sends one command. Never throws and never outlasts `timeout`, words of a failure apart (`DEFAULTS.wordsGrace`). */
  send(command: Command): Promise<Sent>
  probe(): Promise<Health>
  close(): Promise<void>
}

/** Limits of the sends of one channel (C2.5a). Where both have a key, it is the same one. */
export interface FlowLimits {
  /** Sends that start in a second. */
  readonly rate?: FlowLimit | undefined
  /** Sends under way at once, in place of the bound of concurrent sends. */
  readonly concurrency?: FlowLimit | undefined
}

/** One limit: of a channel, or of each key of it. */
export interface FlowLimit {
  /** Above zero. */
  readonly limit: number
  /** Path of a value in the metadata of the saga: the limit holds for each value there. Absent: for the whole channel. */
  readonly by?: readonly string[] | undefined
}

/** How often a command is sent, and when it is given up (C2.5a, P15). An answer that is not `retryable` gives it up at once. */
export interface ChannelRetry {
  /** Answers other than success after which a command is a dead letter; 1: one send, whatever comes of it. Default: no bound. */
  readonly attempts?: number | undefined
  /** Bounds of the wait before the next send, which grows with the age of the command. Default: those of the corridor. */
  readonly firstWait?: Duration | undefined
  readonly longestWait?: Duration | undefined
  /** Age at which a command that was sent is a dead letter, silence included. Default: none. */
  readonly giveUpAfter?: Duration | undefined
}

/** The outcome of one send. */
export type Sent = Delivered | Rejected | Unreachable

/** The participant has the command; it is not sent again. */
export interface Delivered {
  readonly kind: 'delivered'
}

/** The participant answered, and not with success. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly status: number
  /** A repeat may succeed. Without effect in a channel without `retry`, which sends every rejected command again (P15). */
  readonly retryable: boolean
  /** Wait that the participant asked for. */
  readonly retryAfter?: Duration | undefined
  /** The end of that wait by the participant's clock, where the answer does not say how long it is. */
  readonly retryAt?: Instant | undefined
  /** Up to the first 1,000 bytes of the answer, secrets redacted, for people. */
  readonly answer?: string | undefined
}

/** No answer: connection refused or broken, or a time-out. It says nothing about the command (P15). */
export interface Unreachable {
  readonly kind: 'unreachable'
  readonly why: string
}
