import type { Duration, Instant } from '../engine/saga.ts'
import type { LogCode } from './log-codes.ts'

/** What the host lends: time, chance, the network, a place to log. The core has no other way to any of them. */
export interface Runtime {
  /** For people: `node`, `deno`, `bun`, `workerd`. */
  readonly name: string
  wallClock(): Instant
  /** Milliseconds that only ever grow; for leases and deadlines within this process. */
  monotonic(): number
  /** Uniform in [0, 1), from a source good enough for identifiers. */
  random(): number
  after(wait: Duration, run: () => void): Cancel
  every(interval: Duration, run: () => void): Cancel
  /** Work that goes on after the answer; a host that would stop meanwhile is asked to wait for it. */
  waitUntil(work: Promise<unknown>): void
  /** Whether the host may stop as soon as nothing is under way: then nothing is put off until later (P19). */
  readonly mayVanish: boolean
  readonly fetch: Fetch
  /** A `fetch` that trusts these authorities (PEM) beside the host's own; absent where the host trusts only its own. */
  readonly trusting?: ((ca: readonly string[]) => Fetch) | undefined
  /** Whether `fetch` refuses the ports that browsers block. */
  readonly blocksPorts: boolean
  readonly log: Log
}

/** Stops a timer. A second call does nothing. */
export type Cancel = () => void

/**
 * One outward HTTP exchange: connect, send, read the answer up to `keep` bytes, drain the rest within bounds. Redirects are
 * answers like any other, interim answers (1xx) are skipped. Throws when there is no answer: refused, reset, timed out. Ends
 * by its time-out, whatever the client below does.
 */
export type Fetch = (url: string, request: OutwardRequest) => Promise<OutwardAnswer>

/** An outward HTTP exchange. */
export interface OutwardRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Milliseconds until the connection must stand (where the host can tell), and until the answer must be there whole. */
  readonly timeouts: { readonly connect: Duration; readonly answer: Duration }
  /** Bytes of the answer's body that are wanted; 0 for none. */
  readonly keep: number
}

/** The answer to an outward HTTP exchange. */
export interface OutwardAnswer {
  readonly status: number
  /** `null` where the answer does not have it. Names are not case-sensitive. */
  header(name: string): string | null
  readonly body: string
}

/** One line each; `fields` are the machine's half of the message, never a secret. */
export interface Log {
  /** Level and words are those of the code; `level` only where a line repeats and is for `debug` alone. */
  write(code: LogCode, fields?: Fields, level?: Exclude<LogLevel, 'silent'>): void
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

/** Values beside the words of a log line; never a secret. */
export type Fields = Readonly<Record<string, unknown>>
/** The levels of the log in ascending order; `silent` writes nothing. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
/** The least level that is written. */
export type LogLevel = (typeof LOG_LEVELS)[number]
