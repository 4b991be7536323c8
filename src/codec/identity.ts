import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { EventId } from '../engine/saga.ts'
import { bytesOf } from './utf8-size.ts'

/** Longest id that is kept as it came, in bytes of UTF-8; a longer one is kept as its SHA-256 (P7). */
const LONGEST_KEPT = 200
/** Longest header that is looked at, in characters. */
const LONGEST_HEADER = 4_096

/**
 * The id of a message that came with an `idempotency-key` header: percent-encoded UTF-8, as headers carry nothing but
 * ASCII (P7). `undefined` where the header cannot be decoded, or holds NUL: where SQLite's texts are read as those of C, two
 * such ids would look like one.
 */
export function identityOf(header: string): EventId | undefined {
  const key = header.length > LONGEST_HEADER ? undefined : decoded(header)
  if (key === undefined || key === '' || key.includes('\0')) return undefined
  return kept(`key/${key}`)
}

/** The id of a record that came without one: where it stands, for as long as the topic is not made anew (P7). */
export function identityOfRecord(cluster: string, place: RecordPosition): EventId {
  const { topic, partition, offset, timestamp } = place
  return kept(`kafka/${cluster}/${topic}/${partition}/${offset}/${timestamp}`)
}

export interface RecordPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly timestamp: string
}

function kept(id: string): EventId {
  return bytesOf(id) <= LONGEST_KEPT ? id : `sha256/${bytesToHex(sha256(utf8ToBytes(id)))}`
}

/** The header of a command: its id, percent-encoded where HTTP asks for it. */
export function encodeIdentity(id: string): string {
  return encodeURIComponent(id).replaceAll('%2F', '/')
}

const TRACE = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/** A W3C `traceparent`; one that is not is not handed on, since whoever reads it would have to drop it (C3.5). */
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
