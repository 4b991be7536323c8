import type { Command, Duration } from '../engine/saga.ts'
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
  /**
   * Answers other than success after which a command is a dead letter; 1: one send, whatever comes of it (P15). Default: a command
   * is sent until it is delivered.
   */
  readonly attempts?: number | undefined
  /** Sends one command. Never throws and never outlasts `timeout`. */
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
  /** A repeat may succeed. Not used yet: every rejected command is sent again (P15). */
  readonly retryable: boolean
  /** Wait that the participant asked for. Not used yet (P15). */
  readonly retryAfter?: Duration | undefined
  /** Up to the first 1,000 bytes of the answer, secrets redacted, for people. */
  readonly answer?: string | undefined
}

/** No answer: connection refused or broken, or a time-out. It says nothing about the command (P15). */
export interface Unreachable {
  readonly kind: 'unreachable'
  readonly why: string
}
