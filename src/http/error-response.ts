import type { Context } from 'hono'
import { DEFAULTS } from '../defaults.ts'

/** Every status of an error that the API answers (C7). */
export type ErrorStatus = 400 | 401 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 501 | 503

const TITLES: Readonly<Record<ErrorStatus, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
}

/** Headers that every answer of this status carries. */
const HEADERS: { readonly [status in ErrorStatus]?: Record<string, string> } = {
  401: { 'WWW-Authenticate': 'Bearer' },
  429: { 'Retry-After': String(DEFAULTS.retryAfterSeconds) },
  503: { 'Retry-After': String(DEFAULTS.retryAfterSeconds) },
}

/** The body of every error (C7). It never holds a stack trace. */
export interface ErrorBody {
  readonly statusCode: ErrorStatus
  readonly error: string
  readonly message: string
  /** Names the error where its status alone does not. */
  readonly code?: ErrorResponseCode
  /** Id of the operation that the error is about. */
  readonly operation?: string
}

/** Errors with a name of their own: `idempotency-key-reused`: the key stands for another request. */
export type ErrorResponseCode = 'idempotency-key-reused'

/** Answers with an error (C7). Further headers are set with `c.header` before the call. */
export function errorResponse(c: Context, status: ErrorStatus, message: string): Response {
  return c.json(errorBody(status, message), status, HEADERS[status])
}

/** Answers 422: the idempotency key of a request has carried out another operation. */
export function reusedKey(c: Context, operation: string, message: string): Response {
  return c.json({ ...errorBody(422, message), code: 'idempotency-key-reused', operation } satisfies ErrorBody, 422)
}

/** The body of an error, for a host that answers before there is a `Context`. */
export function errorBody(status: ErrorStatus, message: string): ErrorBody {
  return { statusCode: status, error: TITLES[status], message }
}

/** Answers 500 for a damaged saga: a 503 would invite retries, and a 404 a second creation. */
export function unreadableSaga(c: Context, sagaId: string): Response {
  const id = sagaId.slice(0, 200)
  return errorResponse(c, 500, `the saga "${id}" is damaged in the store and cannot be read; it must be mended by hand`)
}
