import * as v from 'valibot'
import type { Duration } from '../engine/saga.ts'
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../ports/runtime.ts'
import { LONGEST_TIMER } from './duration.ts'
import { Secret } from './secret.ts'

/* Schemas of environment variables (C1.3): a text → its value. */

/** Digits → a number of at most `most`. */
export function wholeNumber(most: number, expected: string): v.GenericSchema<unknown, number> {
  return v.pipe(v.string(expected), v.regex(/^\d{1,15}$/, expected), v.transform(Number), v.maxValue(most, expected))
}

const A_HOST = 'an IP address or a host name of this machine, without a port, such as "127.0.0.1", "::1" or "localhost"'
/** An IPv6 address may stand in brackets, as in a URL. */
export const HOST: v.GenericSchema<string, string> = v.pipe(
  v.string(A_HOST),
  v.regex(/^(?:[a-z\d](?:[a-z\d._-]{0,252}[a-z\d])?|\[?[\da-f]{0,4}:[\da-f]{0,4}:[\da-f:.]{0,35}\]?)$/i, A_HOST),
  v.transform((host) => host.replace(/^\[|\]$/g, '')),
)

/** Bytes of UTF-8. A byte takes three characters in headers and paths, so ids stay far below the limits of hosts and stores. */
const LONGEST_PREFIX = 256
const A_PREFIX = `at most ${LONGEST_PREFIX} bytes of UTF-8 without line breaks and control characters`
/** Prefix of saga ids. */
export const PREFIX: v.GenericSchema<string, string> = v.pipe(
  v.string(A_PREFIX),
  v.maxBytes(LONGEST_PREFIX, A_PREFIX),
  v.regex(/^[^\u0000-\u001F\u007F-\u009F\u2028\u2029\uFFFD]*$/, A_PREFIX),
)

const A_LEVEL = `one of ${LOG_LEVELS.join(', ')}`
/** The lowest level that is logged. The logger of the reference has `fatal`, too; Batuta has no such lines, and `error` is next. */
export const LEVEL: v.GenericSchema<string, LogLevel> = v.pipe(
  v.picklist([...LOG_LEVELS, 'fatal'], A_LEVEL),
  v.transform((level) => (level === 'fatal' ? 'error' : level)),
)

const A_FORMAT = `one of ${LOG_FORMATS.join(', ')}`
/** The shape of log lines. */
export const FORMAT: v.GenericSchema<string, LogFormat> = v.picklist(LOG_FORMATS, A_FORMAT)

const A_BASE = 'a path that begins with "/", such as "/flow-manager"'
/** A path without a final slash; empty for "/". */
export const BASE_PATH: v.GenericSchema<string, string> = v.pipe(
  v.string(A_BASE),
  v.regex(/^(?:\/|(?:\/[\w.~-]+)+\/?)$/, A_BASE),
  v.check((path) => !path.split('/').some((part) => part === '.' || part === '..'), A_BASE), // clients resolve these before they send
  v.transform((path) => path.replace(/\/$/, '')),
)

const A_TOKEN = 'a token without spaces and line breaks'
/** A bearer token. */
export const TOKEN: v.GenericSchema<string, Secret> = v.pipe(
  v.string(A_TOKEN),
  v.regex(/^[\u0021-\u007E]+$/, A_TOKEN),
  v.transform((token) => new Secret(token)),
)

const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 1_000, mb: 1_000_000, kib: 1_024, mib: 1_048_576 }
const A_SIZE = 'bytes above zero, such as "5242880", "512kb" or "5mib"'
/** A number of bytes, with or without a unit. */
export const SIZE: v.GenericSchema<string, number> = v.pipe(
  v.string(A_SIZE),
  v.regex(/^\d{1,12}(?:[km]i?b)?$/i, A_SIZE),
  v.transform((text) => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '').toLowerCase()] ?? 1)),
  v.minValue(1, A_SIZE),
  v.safeInteger(A_SIZE),
)

const A_WAIT = 'seconds, at most 24 days, such as "30", "30s" or "500ms"'
/** Seconds, with or without a unit → milliseconds. */
export const WAIT: v.GenericSchema<string, Duration> = v.pipe(
  v.string(A_WAIT),
  v.regex(/^\d{1,12}(?:\.\d{1,3})?(?:m?s)?$/, A_WAIT),
  v.transform((text) => Math.round(Number.parseFloat(text) * (text.endsWith('ms') ? 1 : 1_000))),
  v.maxValue(LONGEST_TIMER, A_WAIT),
)

/**
 * Whole seconds as lc39, the launcher of the reference, reads them: the digits at the start; 0 for less. `undefined` for other
 * texts, with which the reference starts too.
 */
export const LENIENT_SECONDS: v.GenericSchema<string, Duration | undefined> = v.pipe(
  v.string('a text'),
  v.transform((text) => {
    const seconds = Number.parseInt(text, 10)
    return Number.isNaN(seconds) ? undefined : Math.min(LONGEST_TIMER, Math.max(0, seconds) * 1_000)
  }),
)

/** `true` or `false`. */
export const YES_OR_NO: v.GenericSchema<string, boolean> = v.pipe(
  v.picklist(['true', 'false'], '"true" or "false"'),
  v.transform((text) => text === 'true'),
)

/** `on` or `off`. */
export const ON_OR_OFF: v.GenericSchema<string, boolean> = v.pipe(
  v.picklist(['on', 'off'], '"on" or "off"'),
  v.transform((text) => text === 'on'),
)
