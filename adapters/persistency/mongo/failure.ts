import { MongoBulkWriteError, MongoNetworkTimeoutError, MongoServerError } from 'mongodb'
import type { WriteError } from 'mongodb'
import type { ErrorCode } from '../../../src/errors.ts'
import { BatutaError, reasonOf } from '../../../src/errors.ts'
import { LIMIT } from './limits.ts'

/** The server and collection in messages, and the secrets that no message may contain. */
export interface ServerLabel {
  readonly shown: string
  readonly secrets: readonly string[]
}

/** The action that failed, such as `save to`, and its server. */
export interface FailedAction {
  readonly action: string
  readonly place: ServerLabel
}

const REDACTED = '[redacted]'
const UNAUTHORIZED = 13
const WRONG_PASSWORD = 18
const ATLAS_SAYS_NO = 8000
const DUPLICATE_KEY = 11_000
const INVALID_DOCUMENT = 121
const NO_SUCH_COLLECTION = 26
const NO_SUCH_COMMAND = 59
/** Most bytes of one document. */
const DOCUMENT = 16_777_216
/** The limit behind each error code (P24): of the document; or of metadata, for keys that servers before 5.0 refuse. */
const UNFIT: ReadonlyMap<number, number> = new Map([
  [10_334, DOCUMENT],
  [17_419, DOCUMENT],
  [17_420, DOCUMENT],
  [52, LIMIT],
  [57, LIMIT],
])

/** An error while running, with advice. Like `startFailure`, but always retryable. */
export function requestFailure(action: string, place: ServerLabel, thrown: unknown): BatutaError {
  if (thrown instanceof BatutaError) return thrown
  const { message, cause } = failure({ action, place }, thrown)
  const hint = advice(codeOf(thrown), message)
  return new BatutaError('store-unavailable', hint === undefined ? message : `${message}; ${hint}`, cause)
}

/** An error of the driver as one of ours that names the server and no secret (C2.6). */
export function failure(
  { action, place: { shown, secrets } }: FailedAction,
  thrown: unknown,
  code?: ErrorCode,
): BatutaError {
  if (thrown instanceof BatutaError) return thrown
  const said = reasonOf(thrown)
  const message = redacted(said, secrets)
  // A printed cause prints its message.
  const cause = message === said ? thrown : undefined
  return new BatutaError(code ?? 'store-unavailable', `${action} the store "mongo" (${shown}): ${message}`, cause)
}

/** An error at the start, with advice; a refused login is not retryable. */
export function startFailure(action: string, place: ServerLabel, thrown: unknown): BatutaError {
  const code = codeOf(thrown)
  const isNo = code === UNAUTHORIZED || code === WRONG_PASSWORD || code === ATLAS_SAYS_NO
  const error = failure({ action, place }, thrown, isNo ? 'store-unusable' : undefined)
  return new BatutaError(error.code, `${error.message}; ${advice(code, error.message) ?? LOGIN}`, error.cause)
}

const LOGIN = 'are user, password and authSource of connectionUri right?'

const VALIDATOR =
  'the validator of the collection refuses the document; it is read at start: restart the service if it was changed since'

/** `undefined` where the server refused for a reason of its own. */
function advice(code: number | undefined, message: string): string | undefined {
  if (code === UNAUTHORIZED) return 'expected a user with the role readWrite on this database'
  if (code === WRONG_PASSWORD || code === ATLAS_SAYS_NO) return LOGIN
  if (code === INVALID_DOCUMENT) return VALIDATOR
  if (code !== undefined && !Number.isNaN(code)) return undefined
  if (/\b(ssl|tls|certificate)\b/i.test(message)) return 'are the TLS settings of connectionUri those of the server?'
  return 'are host and port of connectionUri right, and does the server run and accept connections from here?'
}

/** The error for a document that is not a saga. */
export function unreadable(sagaId: unknown, why: string, { shown }: ServerLabel): BatutaError {
  const what = `read saga ${JSON.stringify(sagaId)} of the store "mongo" (${shown})`
  return new BatutaError('saga-unreadable', `${what}: found a document that is not a saga: ${why}`)
}

/** True for the error of an id that exists (code 11000). */
export function isDuplicateKey(thrown: unknown): boolean {
  return codeOf(thrown) === DUPLICATE_KEY
}

/** The limit by which the server refused a document (P24): nothing was written. */
export function limitOf(thrown: unknown): number | undefined {
  return UNFIT.get(codeOf(thrown) ?? 0)
}

/** True for the error of a missing collection. */
export function isNoSuchCollection(thrown: unknown): boolean {
  return codeOf(thrown) === NO_SUCH_COLLECTION
}

/** True for the error of a server that lacks a command. */
export function isNoSuchCommand(thrown: unknown): boolean {
  return codeOf(thrown) === NO_SUCH_COMMAND
}

/** True for a time-out: such a write is not sent again. For a failed group the driver keeps the message only. */
export function isTimeout(thrown: unknown): boolean {
  if (thrown instanceof MongoNetworkTimeoutError) return true
  return thrown instanceof MongoBulkWriteError && errorsOf(thrown).length === 0 && /timed out/.test(thrown.message)
}

/**
 * Errors of single items, where the whole group was answered and is as durable as asked. `undefined` where something else ended
 * the group, so nothing is known of its items.
 */
export function verdictsOf(thrown: unknown): ReadonlyMap<number, { readonly code: number }> | undefined {
  if (!(thrown instanceof MongoBulkWriteError) || thrown.result.getWriteConcernError() !== undefined) return undefined
  const errors = errorsOf(thrown)
  return errors.length === 0 ? undefined : new Map(errors.map(({ index, code }) => [index, { code }]))
}

function errorsOf({ writeErrors }: MongoBulkWriteError): readonly WriteError[] {
  return [writeErrors].flat() as WriteError[]
}

/** Replaces secrets, longest first, as one may be part of another. */
export function redacted(message: string, secrets: readonly string[]): string {
  let text = message
  for (const secret of secrets) text = text.replaceAll(secret, REDACTED)
  return text
}

function codeOf(thrown: unknown): number | undefined {
  if (thrown instanceof MongoServerError || thrown instanceof MongoBulkWriteError) return Number(thrown.code)
  const { code } = (thrown ?? {}) as { code?: unknown }
  return typeof code === 'number' ? code : undefined
}
