import type { ErrorCode } from '../../../src/errors.ts'
import { BatutaError, reasonOf } from '../../../src/errors.ts'

/** What kafkajs throws, as far as we look at it: wrappers around causes, broker errors by `type`, sockets by `code`. */
interface Thrown {
  readonly name?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly originalError?: unknown
  readonly retriable?: unknown
}

/** Says of whatever the library threw what it means to us. */
export function failure(action: string, thrown: unknown): BatutaError {
  if (thrown instanceof BatutaError) return thrown
  const root = rootOf(thrown)
  const code = CODES.get(wordOf(root)) ?? (isTls(root) ? 'broker-refused' : 'broker-unreachable')
  return new BatutaError(code, `${action}: ${reasonOf(root)}`, thrown)
}

/** Whether it is about one message, and no matter of what was sent with it (P15). */
export function isOfOneMessage({ code }: BatutaError): boolean {
  return code === 'message-too-large' || code === 'message-refused'
}

/** Whether the group wants to be joined again: nothing is wrong. */
export function isRebalance(thrown: unknown): boolean {
  return REBALANCES.has(wordOf(rootOf(thrown)))
}

function rootOf(thrown: unknown): Thrown {
  let error = (thrown ?? new Error(String(thrown))) as Thrown
  for (let depth = 0; depth < 8; depth++) {
    const inner = (error.originalError ?? error.cause) as Thrown | undefined
    if (inner === undefined || inner === null || typeof inner !== 'object') break
    error = inner
  }
  return error
}

function wordOf({ type, name, code }: Thrown): string {
  for (const word of [type, code, name]) if (typeof word === 'string' && KNOWN(word)) return word
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

const KNOWN = (word: string): boolean => CODES.has(word) || REBALANCES.has(word)

/** Node's and OpenSSL's names for a certificate that does not do. */
function isTls({ code }: Thrown): boolean {
  return typeof code === 'string' && TLS.test(code)
}

const TLS = /CERT|^ERR_TLS|^ERR_SSL|^UNABLE_TO_|^EPROTO$|^ERR_OSSL/
