import type { Duration, Instant } from '../engine/saga.ts'
import type { LogCode } from './log-codes.ts'

/** The host's time, randomness, network and log. The core has no other access to any of them. */
export interface Runtime {
  /** Shown to people: `node`, `deno`, `bun`, `workerd`. */
  readonly name: string
  wallClock(): Instant
  /** Milliseconds of a clock that never goes back; for leases and deadlines within this process. */
  monotonic(): number
  /** Uniform in [0, 1), random enough for identifiers. */
  random(): number
  after(wait: Duration, run: () => void): Cancel
  every(interval: Duration, run: () => void): Cancel
  /** Work that goes on after the answer: a host that stops when requests end waits for it. */
  waitUntil(work: Promise<unknown>): void
  /** The host may stop as soon as nothing is under way, so no work is put off until later (P19). */
  readonly mayVanish: boolean
  readonly fetch: Fetch
  /** Makes a `fetch` that trusts these authorities (PEM) beside the host's own; absent on hosts that cannot. */
  readonly trusting?: ((ca: readonly string[]) => Fetch) | undefined
  /** Conversion of header values; absent on hosts where one character is one byte, as in the Fetch standard. */
  readonly headerText?: HeaderText | undefined
  /** `fetch` refuses the ports that browsers block. */
  readonly blocksPorts: boolean
  readonly log: Log
}

/** Header values beyond ASCII on a host that decodes and encodes them as UTF-8. */
export interface HeaderText {
  /** A value as the host read it → one character a byte. A character that stands for lost bytes stays, and is beyond Latin-1. */
  read(text: string): string
  /** One character a byte → a value that the host sends as these bytes; `undefined` where it cannot. */
  write(bytes: string): string | undefined
}

/** Stops a timer. A second call does nothing. */
export type Cancel = () => void

/**
 * One outward HTTP exchange: connect, send, read the answer up to `keep` bytes, drain the rest within bounds. Redirects are
 * returned as answers, interim answers (1xx) are skipped. Throws `no-answer` where the connection is refused, reset or times
 * out. Ends by its time-out even if the HTTP client does not.
 */
export type Fetch = (url: string, request: OutwardRequest) => Promise<OutwardAnswer>

/** An outward HTTP exchange. */
export interface OutwardRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Milliseconds until the connection is established (on hosts that can tell), and until the answer is complete. */
  readonly timeouts: { readonly connect: Duration; readonly answer: Duration }
  /** Bytes of the answer's body to return; 0 for none. */
  readonly keep: number
  /** The same for a status other than 2xx; a body that fails is then an empty one. Default: `keep`. */
  readonly keepOfFailure?: number | undefined
  /** The host must not repeat the request by itself after a cut connection (C2.5b). Default: false. */
  readonly isSentOnce?: boolean | undefined
}

/** The answer to an outward HTTP exchange. */
export interface OutwardAnswer {
  readonly status: number
  /** `null` where the answer lacks it. Names are case-insensitive. */
  header(name: string): string | null
  readonly body: string
}

/** One line each; `fields` are the machine's half of the message, never a secret. */
export interface Log {
  /** Level and words are those of the code. `level` replaces the level of a line that repeats: it is for `debug` alone. */
  write(code: LogCode, fields?: Fields, level?: Exclude<LogLevel, 'silent'>): void
  /** False where lines of this level are dropped, so that none need be made. It does not change. */
  writes(level: Exclude<LogLevel, 'silent'>): boolean
}

/** Values beside the words of a log line; never a secret. */
export type Fields = Readonly<Record<string, unknown>>
/** The levels of the log in ascending order; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
/** The least level that is written. */
export type LogLevel = (typeof LOG_LEVELS)[number]
/** `pino`: a number as `level`, milliseconds as `time`, process and host beside them. `text-levels`: a word and ISO 8601. */
export const LOG_FORMATS = ['pino', 'text-levels'] as const
/** The shape of a log line (C1.3). */
export type LogFormat = (typeof LOG_FORMATS)[number]
