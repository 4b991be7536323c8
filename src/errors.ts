/**
 * Every error code of the project, and whether trying the same again can help. Errors are recognised by `code`, never by
 * class: an error that crossed a worker, an object or a bundle has lost its class and kept its code.
 */
export const ERRORS = {
  /** The configuration or the environment is not usable as it is. */
  'configuration-invalid': { retryable: false },
  /** An optional peer of the package is needed and not installed. */
  'package-missing': { retryable: false },
  /** The store does not answer, or the fate of a write is unknown. */
  'store-unavailable': { retryable: true },
  /** The store answers, and what it holds cannot be used by this version. */
  'store-unusable': { retryable: false },
  /** The store answers, and what it holds of one saga is damaged: an error of that saga, never of the store (P20). */
  'saga-unreadable': { retryable: false },
  /** Another connection holds the store. */
  'store-busy': { retryable: true },
  /** An outward HTTP exchange came to no answer. */
  'no-answer': { retryable: true },
  /** A broker does not answer, or answers that it cannot now. */
  'broker-unreachable': { retryable: true },
  /** A broker answers, and it is a no: credentials, certificates, rights. */
  'broker-refused': { retryable: false },
  /** A topic that the configuration names does not exist. */
  'topic-missing': { retryable: false },
  /** One message is larger than its broker takes. */
  'message-too-large': { retryable: false },
  /** One message is not what its topic takes, such as one without a key where records are compacted. */
  'message-refused': { retryable: false },
  /** What was read from a topic cannot be decoded. */
  'records-unreadable': { retryable: false },
  /** Events of this service may go or have gone elsewhere, so it must not run (P22). */
  'source-refused': { retryable: false },
} as const

/** The code of an error. */
export type ErrorCode = keyof typeof ERRORS

/** An error of this project. Recognise it by `code`; `retryable` says whether trying the same again can help. */
export class BatutaError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'BatutaError'
    this.code = code
    this.retryable = ERRORS[code].retryable
  }
}

/** Of one saga whose stored form is damaged. */
export function unreadableSaga(store: string, id: string, why: string): BatutaError {
  const message = `read the saga "${id.slice(0, 200)}" in the store "${store}": ${why}; it must be mended by hand`
  return new BatutaError('saga-unreadable', message)
}

export function isUnreadableSaga(thrown: unknown): boolean {
  return (thrown as { readonly code?: unknown } | undefined)?.code === 'saga-unreadable'
}

/** The sentence of whatever was thrown, without what is behind it. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Causes of causes, which may go round. */
const DEEPEST = 8

/**
 * Why something was thrown, for logs and answers: on one line, with what is behind it, since a platform's `fetch` says "fetch
 * failed", or nothing, and why in the cause. An error of ours says it all in its message; behind it may be a secret.
 */
export function reasonOf(thrown: unknown, depth = 0): string {
  if (isOurs(thrown)) return messageOf(thrown)
  const said = messageOf(thrown).replaceAll(/\s+/g, ' ').trim()
  const { cause, errors } = (thrown ?? {}) as { cause?: unknown; errors?: readonly unknown[] }
  const inner = cause ?? errors?.[0]
  if (inner === undefined || depth === DEEPEST) return said
  const why = reasonOf(inner, depth + 1)
  if (said === '' || said.includes(why)) return said || why
  return `${said}: ${why}`
}

function isOurs(thrown: unknown): boolean {
  const { code } = (thrown ?? {}) as { code?: unknown }
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}

const REDACTED = '[redacted]'
/** A scheme, then anything up to the last "@" there is, since a password may hold any character. */
const USER = /^((?:[a-z][a-z0-9+._-]*:)?\/\/|)[^]*(?:@|%40)/i
/** Where a query, a fragment or parameters begin, percent-encoded or not. */
const QUERY = /([?#;]|%3f|%23|%3b)[^]+$/i

/**
 * A URL, or a part of one, as people may see it: without user, query and fragment, where tokens stand (C2.6). Of a path what
 * stands before an "@" is no user.
 */
export function withoutSecrets(url: string): string {
  const isPath = /^\/(?!\/)/.test(url)
  return (isPath ? url : url.replace(USER, `$1${REDACTED}@`)).replace(QUERY, `$1${REDACTED}`)
}

/** What was said of a request to this URL, as people may see it: a host's `fetch` may repeat what it was given (C2.6). */
export function withoutUrl(said: string, url: string): string {
  const [query] = QUERY.exec(url) ?? []
  const whole = said.replaceAll(url, withoutSecrets(url))
  return query === undefined ? whole : whole.replaceAll(query.slice(1), REDACTED)
}
