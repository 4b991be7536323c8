import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { EventId } from '../engine/saga.ts'
import { bytesOf } from './utf8-size.ts'

/** Longest id that is stored as it is, in bytes of UTF-8; a longer one is stored as its SHA-256 (P7). */
const LONGEST_KEPT = 200
/** Longest header that is decoded, in characters. */
const LONGEST_HEADER = 4_096

/**
 * The id of a message with an `idempotency-key` header, which is percent-encoded UTF-8, since headers are ASCII (P7). `undefined`
 * where it cannot be decoded, or holds NUL: a reader of SQLite that uses C strings would take two such ids for one.
 */
export function identityOf(header: string): EventId | undefined {
  const key = header.length > LONGEST_HEADER ? undefined : decoded(header)
  if (key === undefined || key === '' || key.includes('\0')) return undefined
  return kept(`key/${key}`)
}

/** The id of a Kafka record without one: its position, which is unique until the topic is created anew (P7). */
export function identityOfRecord(cluster: string, position: RecordPosition): EventId {
  const { topic, partition, offset, timestamp } = position
  return kept(`kafka/${cluster}/${topic}/${partition}/${offset}/${timestamp}`)
}

/** The position of a record in a Kafka cluster. */
export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly timestamp: string
}

function kept(id: string): EventId {
  return bytesOf(id) <= LONGEST_KEPT ? id : `sha256/${bytesToHex(sha256(utf8ToBytes(id)))}`
}

/** The `idempotency-key` header of a command: its id, percent-encoded except for slashes. */
export function encodeIdentity(id: string): string {
  return encodeURIComponent(id).replaceAll('%2F', '/')
}

const TRACE = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/** A W3C `traceparent`; `undefined` where the header is none, since every reader would have to drop it (C3.5). */
export function traceOf(header: string | undefined): string | undefined {
  return header !== undefined && TRACE.test(header) ? header : undefined
}

function decoded(header: string): string | undefined {
  try {
    return decodeURIComponent(header)
  } catch {
    return undefined
  }
}
