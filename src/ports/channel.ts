import type { Command, Duration } from '../engine/saga.ts'
import type { Health } from './health.ts'

/** A way to the participants: takes commands, one at a time, and says what became of each. */
export interface Channel {
  readonly id: string
  /** The longest that one `send` may take, connecting included; a lease is made of it (P12). */
  readonly timeout: Duration
  /** How many it takes at once, where it groups them; else the relay's own bound holds. */
  readonly sendsAtOnce?: number | undefined
  /** Never throws and never outlasts `timeout`. */
  send(command: Command): Promise<Sent>
  probe(): Promise<Health>
  close(): Promise<void>
}

/** The outcome of one send. */
export type Sent = Delivered | Rejected | Unreachable

/** The participant has the command; it is not sent again. */
export interface Delivered {
  readonly kind: 'delivered'
}

/** The participant answered, and it was not a yes. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly status: number
  readonly retryable: boolean
  /** Milliseconds that the participant asked for. */
  readonly retryAfter?: Duration | undefined
}

/** No answer: refused connection, time-out, broken line. Says nothing about the command (P15). */
export interface Unreachable {
  readonly kind: 'unreachable'
  readonly why: string
}
