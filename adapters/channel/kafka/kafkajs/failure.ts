import type { ErrorCode } from '../../../../src/errors.ts'
import { BatutaError, reasonOf } from '../../../../src/errors.ts'

/** The fields of an error of kafkajs that are read here: wrappers have causes, broker errors a `type`, socket errors a `code`. */
interface LibraryError {
  readonly name?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly originalError?: unknown
}

/** Translates an error of kafkajs, by its root cause, to a `BatutaError` whose message begins with the action that failed. */
export function driverFailure(action: string, thrown: unknown): BatutaError {
  if (thrown instanceof BatutaError) return thrown
  const root = rootOf(thrown)
  const code = CODES.get(wordOf(root)) ?? (isTls(root) ? 'broker-refused' : 'broker-unreachable')
  return new BatutaError(code, `${action}: ${reasonOf(root)}`, thrown)
}

/** True where the broker answers that the group must be joined again, which is no failure. */
export function isRebalance(thrown: unknown): boolean {
  return REBALANCES.has(wordOf(rootOf(thrown)))
}

/** Depth of causes that is searched: causes may go round. */
const DEEPEST = 8

function rootOf(thrown: unknown): LibraryError {
  let error = (thrown ?? new Error(String(thrown))) as LibraryError
  for (let depth = 0; depth < DEEPEST; depth++) {
    const inner = (error.originalError ?? error.cause) as LibraryError | undefined
    if (inner === undefined || inner === null || typeof inner !== 'object') break
    error = inner
  }
  return error
}

/** The first of type, code and name that stands in one of the tables. */
function wordOf({ type, name, code }: LibraryError): string {
  for (const word of [type, code, name]) if (typeof word === 'string' && isKnown(word)) return word
  return String(name)
}

const CODES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['MESSAGE_TOO_LARGE', 'message-too-large'],
  ['RECORD_LIST_TOO_LARGE', 'message-too-large'],
  ['INVALID_RECORD', 'message-refused'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 'topic-missing'],
  ['INVALID_TOPIC_EXCEPTION', 'topic-missing'],
  ['TOPIC_AUTHORIZATION_FAILED', 'broker-refused'],
  ['GROUP_AUTHORIZATION_FAILED', 'broker-refused'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'broker-refused'],
  ['INVALID_SESSION_TIMEOUT', 'broker-refused'],
  ['INVALID_GROUP_ID', 'broker-refused'],
  ['INCONSISTENT_GROUP_PROTOCOL', 'broker-refused'],
  ['SASL_AUTHENTICATION_FAILED', 'broker-refused'],
  ['ILLEGAL_SASL_STATE', 'broker-refused'],
  ['UNSUPPORTED_SASL_MECHANISM', 'broker-refused'],
  ['KafkaJSSASLAuthenticationError', 'broker-refused'],
  ['KafkaJSUnsupportedMagicByteInMessageSet', 'records-unreadable'],
  ['KafkaJSNotImplemented', 'records-unreadable'],
  ['RecordsUnreadable', 'records-unreadable'],
])

const REBALANCES: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
])

function isKnown(word: string): boolean {
  return CODES.has(word) || REBALANCES.has(word)
}

/** Codes of Node and OpenSSL for a certificate that is refused. */
function isTls({ code }: LibraryError): boolean {
  return typeof code === 'string' && TLS.test(code)
}

const TLS = /CERT|^ERR_TLS|^ERR_SSL|^UNABLE_TO_|^EPROTO$|^ERR_OSSL/
