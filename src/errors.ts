/**
 * All error codes, and whether the same call may succeed when it is repeated. Errors are recognised by `code`, never by class: an
 * error that crossed a worker, an object or a bundle has lost its class and kept its code. docs/LOGS.md is made of the comments.
 */
export const ERRORS = {
  /** The configuration or the environment has a mistake. */
  'configuration-invalid': { retryable: false },
  /** An optional peer of the package is needed and not installed. */
  'package-missing': { retryable: false },
  /** The store does not answer, or the fate of a write is unknown. */
  'store-unavailable': { retryable: true },
  /** The store answers, and this version cannot use its data. */
  'store-unusable': { retryable: false },
  /** The store answers, and the data of one saga are damaged: an error of that saga, never of the store (P20). */
  'saga-unreadable': { retryable: false },
  /** Another connection holds the store. */
  'store-busy': { retryable: true },
  /** An outgoing HTTP request got no answer. */
  'no-answer': { retryable: true },
  /** A broker does not answer, or answers that it cannot now. */
  'broker-unreachable': { retryable: true },
  /** A broker refuses: credentials, certificates or rights. */
  'broker-refused': { retryable: false },
  /** A topic that the configuration names does not exist. */
  'topic-missing': { retryable: false },
  /** A message is larger than its broker accepts. */
  'message-too-large': { retryable: false },
  /** A topic does not accept a message, such as one without a key where records are compacted. */
  'message-refused': { retryable: false },
  /** Records of a topic cannot be decoded. */
  'records-unreadable': { retryable: false },
  /** Another process may take this service's events, or has taken some, so this one must not run (P22). */
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

/** The error of a saga whose stored form is damaged. */
export function unreadableSaga(store: string, id: string, why: string): BatutaError {
  const message = `read the saga "${id.slice(0, 200)}" in the store "${store}": ${why}; it must be mended by hand`
  return new BatutaError('saga-unreadable', message)
}

/** True for an error with the code `saga-unreadable`: the stored data of one saga are damaged. */
export function isUnreadableSaga(thrown: unknown): boolean {
  return (thrown as { readonly code?: unknown } | undefined)?.code === 'saga-unreadable'
}

/** The message of a thrown value, without its causes. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Most causes of causes that are followed: they may form a ring. */
const DEEPEST = 8

/**
 * The reason of a thrown value on one line, for logs and answers. It includes causes: a platform's `fetch` says "fetch failed", or
 * nothing, and the reason is in the cause. The causes of a `BatutaError` are left out: its message is complete, and a cause may
 * hold a secret.
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
/** The scheme, and all up to the last "@", since a password may hold any character. */
const USER = /^((?:[a-z][a-z0-9+._-]*:)?\/\/|)[^]*(?:@|%40)/i
/** Query, fragment or parameters, percent-encoded or not. */
const QUERY = /([?#;]|%3f|%23|%3b)[^]+$/i

/**
 * A URL, or a part of one, without user, query and fragment, which may hold secrets (C2.6). In a path, text before an "@" is no
 * user.
 */
export function withoutSecrets(url: string): string {
  const isPath = /^\/(?!\/)/.test(url)
  return (isPath ? url : url.replace(USER, `$1${REDACTED}@`)).replace(QUERY, `$1${REDACTED}`)
}

/** A message about a request to this URL, without its secrets: a host's `fetch` may repeat the URL (C2.6). */
export function withoutUrl(said: string, url: string): string {
  const [query] = QUERY.exec(url) ?? []
  const whole = said.replaceAll(url, withoutSecrets(url))
  return query === undefined ? whole : whole.replaceAll(query.slice(1), REDACTED)
}
