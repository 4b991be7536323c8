import type { PoisonReason } from '../../../../src/ports/source.ts'
import type { Bytes, KafkaMessage, KafkaRecord } from '../driver.ts'
import { headersOf } from './headers.ts'
import { timestampOf } from './record.ts'
import type { ClusterPartition } from './record.ts'

/** The reason why a record becomes a dead letter: a word for machines and a sentence. */
export interface DeadLetterReason {
  readonly reason: PoisonReason | 'bad-key' | 'bad-value' | 'unreadable' | 'stuck' | 'failed' | 'dead-letter'
  readonly why: string
}

/** A record that no saga can take. */
export interface UndeliverableRecord extends DeadLetterReason {
  readonly partition: ClusterPartition
  readonly record: KafkaRecord
}

/** A dead letter, ready to be written. */
export interface DeadLetterRecord {
  readonly message: KafkaMessage
  /** A sentence on how the message differs from its record, which is in its headers too. Absent where it does not differ. */
  readonly changed: string | undefined
}

/** Header values that are copied: kafkajs takes half a kilobyte of memory for each. */
const MOST_HEADERS = 1_000
/** Header names in a sentence, and characters of each. */
const NAMES = { most: 10, longest: 100 }
/** Characters of `why`. */
const LONGEST_WHY = 2_000
/** Characters of `why` in the smallest form. */
const SHORT_WHY = 200
/** The header with `changed`. */
const CHANGED = 'dead-letter-changed'

/** The record's key, value and headers, as far as kafkajs can write them, with headers for reason and position. */
export function fullCopy(record: UndeliverableRecord): DeadLetterRecord {
  const { headers, changes } = copiedHeaders(record.record)
  const { key, value } = record.record
  return deadLetter(record, { key, value, headers }, changes)
}

/** `fullCopy` of a record without a key, under a key that holds its position: a compacted topic refuses records without one. */
export function copyWithKey(record: UndeliverableRecord): DeadLetterRecord {
  const { headers, changes } = copiedHeaders(record.record)
  const message = { key: positionOf(record), value: record.record.value, headers }
  return deadLetter(record, message, [...changes, NO_KEY])
}

/** Without value and headers of the record. */
export function keyOnlyCopy(record: UndeliverableRecord): DeadLetterRecord {
  const { key } = record.record
  const changes = ['value and headers left out', ...(key === null ? [NO_KEY] : [])]
  return deadLetter(record, { key: key ?? positionOf(record), value: null, headers: noHeaders() }, changes)
}

/** Without key, value and headers of the record. */
export function positionOnly(record: UndeliverableRecord): DeadLetterRecord {
  const message = { key: positionOf(record), value: null, headers: noHeaders() }
  const short = { ...record, why: record.why.slice(0, SHORT_WHY) }
  return deadLetter(short, message, ['key, value and headers left out; the key says where the record stands'])
}

const NO_KEY = 'the record has no key; the key says where it stands'

function deadLetter(
  record: UndeliverableRecord,
  { key, value, headers }: KafkaMessage,
  changes: readonly string[],
): DeadLetterRecord {
  const changed = changes.length === 0 ? undefined : changes.join('; ')
  const own = { ...reasonHeaders(record), ...(changed !== undefined && { [CHANGED]: changed }) }
  return { message: { key, value, headers: { ...headers, ...own } }, changed }
}

/**
 * The record's own headers. kafkajs can read null values but not write them, so they become empty ones. The object has no prototype,
 * since a producer may use any name, such as `__proto__`.
 */
function copiedHeaders(record: KafkaRecord): {
  readonly headers: KafkaMessage['headers']
  readonly changes: readonly string[]
} {
  const all = headersOf(record)
  const replaced = all.filter(([name]) => OWN.has(name))
  const foreign = all.filter(([name]) => !OWN.has(name))
  const copied = foreign.slice(0, MOST_HEADERS)
  const headers = noHeaders()
  for (const [name, value] of copied) addHeader(headers, name, value ?? EMPTY)
  const nulls = copied.filter(([, value]) => value === null)
  const unreadable = copied.filter(([name]) => name.includes(REPLACEMENT))
  return {
    headers,
    changes: [
      ...change('header values null, sent as empty', nulls),
      ...change('header names with U+FFFD, which may not have been UTF-8', unreadable),
      ...change('headers of an earlier dead letter replaced', replaced),
      ...(foreign.length > copied.length
        ? [`${foreign.length - copied.length} of ${foreign.length} header values left out`]
        : []),
    ],
  }
}

const EMPTY = Buffer.alloc(0)
/** Stands in decoded text for bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD'

function addHeader(headers: Record<string, Bytes | Bytes[]>, name: string, value: Bytes): void {
  const before = headers[name]
  if (before === undefined) headers[name] = value
  else if (Array.isArray(before)) before.push(value)
  else headers[name] = [before, value]
}

function noHeaders(): Record<string, Bytes | Bytes[]> {
  return Object.create(null) as Record<string, Bytes | Bytes[]>
}

/** A sentence with the names of these headers; none where there are none. */
function change(what: string, headers: readonly (readonly [name: string, value: unknown])[]): string[] {
  const names = [...new Set(headers.map(([name]) => name))]
  if (names.length === 0) return []
  const shown = names.slice(0, NAMES.most).map((name) => JSON.stringify(name.slice(0, NAMES.longest)))
  const more = names.length > NAMES.most ? [`${names.length - NAMES.most} more`] : []
  return [`${what}: ${[...shown, ...more].join(', ')}`]
}

function positionOf({ partition: { topic, partition }, record: { offset } }: UndeliverableRecord): string {
  return `${topic}/${partition}/${offset}`
}

function reasonHeaders({ partition: at, record, reason, why }: UndeliverableRecord): Record<string, string> {
  return {
    'dead-letter-reason': reason,
    'dead-letter-why': why.slice(0, LONGEST_WHY),
    'dead-letter-topic': at.topic,
    'dead-letter-partition': String(at.partition),
    'dead-letter-offset': record.offset,
    'dead-letter-timestamp': timestampOf(record),
  }
}

/** Headers that a dead letter writes itself. */
const OWN: ReadonlySet<string> = new Set([
  'dead-letter-reason',
  'dead-letter-why',
  'dead-letter-topic',
  'dead-letter-partition',
  'dead-letter-offset',
  'dead-letter-timestamp',
  CHANGED,
])
