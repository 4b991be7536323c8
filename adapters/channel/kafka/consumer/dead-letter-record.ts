import type { Bytes, Message, Received } from './driver.ts'
import { headersOf } from './headers.ts'
import { timestampOf } from './record.ts'
import type { Shelf } from './record.ts'

/** Why a record becomes a dead letter. */
export interface Complaint {
  readonly reason: string
  readonly why: string
}

/** A dead letter, and how it differs from its record. */
export interface Letter {
  readonly message: Message
  /** A sentence, which the letter carries too. */
  readonly changed: string | undefined
}

/** Header values that are copied: the library takes half a kilobyte for each. */
const MOST_HEADERS = 1_000
/** Names that a sentence has room for, and characters of each. */
const NAMES = { most: 10, longest: 100 }
/** Characters of the reason in words. */
const LONGEST_WHY = 2_000
/** The same where nothing else is left to shorten. */
const SHORT_WHY = 200
/** The header that says how a letter differs from its record. */
const CHANGED = 'dead-letter-changed'

/** The record's key, value and headers, as far as the library can write them, with headers that say why and whence. */
export function wholeLetter(shelf: Shelf, record: Received, complaint: Complaint): Letter {
  const { headers, changes } = carried(record)
  return letter({ key: record.key, value: record.value, headers }, changes, reasons(shelf, record, complaint))
}

/** The same under a key, where the record has none: topics that are compacted take no other. */
export function keyedLetter(shelf: Shelf, record: Received, complaint: Complaint): Letter {
  const { headers, changes } = carried(record)
  const message = { key: placeOf(shelf, record), value: record.value, headers }
  return letter(message, [...changes, NO_KEY], reasons(shelf, record, complaint))
}

/** Without value and headers: what is left says where the record stands. */
export function bareLetter(shelf: Shelf, record: Received, complaint: Complaint): Letter {
  const key = record.key ?? placeOf(shelf, record)
  const changes = ['value and headers left out', ...(record.key === null ? [NO_KEY] : [])]
  return letter({ key, value: null, headers: nothing() }, changes, reasons(shelf, record, complaint))
}

/** Without the key too. */
export function leastLetter(shelf: Shelf, record: Received, { reason, why }: Complaint): Letter {
  const message = { key: placeOf(shelf, record), value: null, headers: nothing() }
  const short = { reason, why: why.slice(0, SHORT_WHY) }
  return letter(
    message,
    ['key, value and headers left out; the key says where the record stands'],
    reasons(shelf, record, short),
  )
}

const NO_KEY = 'the record has no key; the key says where it stands'

function letter({ key, value, headers }: Message, changes: readonly string[], own: Record<string, string>): Letter {
  const changed = changes.length === 0 ? undefined : changes.join('; ')
  return {
    message: { key, value, headers: { ...headers, ...own, ...(changed !== undefined && { [CHANGED]: changed }) } },
    changed,
  }
}

/**
 * What the library reads it cannot always write: a null value breaks it. Such values are sent as empty ones. Names are the
 * producer's own, `__proto__` say, so the object has no prototype.
 */
function carried(record: Received): { readonly headers: Message['headers']; readonly changes: readonly string[] } {
  const all = headersOf(record)
  const replaced = all.filter(([name]) => OWN.has(name))
  const copied = all.filter(([name]) => !OWN.has(name))
  const kept = copied.slice(0, MOST_HEADERS)
  const headers = nothing()
  for (const [name, value] of kept) add(headers, name, value ?? EMPTY)
  const nulls = kept.filter(([, value]) => value === null)
  const unreadable = kept.filter(([name]) => name.includes(REPLACEMENT))
  return {
    headers,
    changes: [
      ...said('header values null, sent as empty', nulls),
      ...said('header names with U+FFFD, which may not have been UTF-8', unreadable),
      ...said('headers of an earlier dead letter replaced', replaced),
      ...(copied.length > kept.length
        ? [`${copied.length - kept.length} of ${copied.length} header values left out`]
        : []),
    ],
  }
}

const EMPTY = Buffer.alloc(0)
/** Stands in a decoded text for bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD'

function add(headers: Record<string, Bytes | Bytes[]>, name: string, value: Bytes): void {
  const before = headers[name]
  if (before === undefined) headers[name] = value
  else if (Array.isArray(before)) before.push(value)
  else headers[name] = [before, value]
}

function nothing(): Record<string, Bytes | Bytes[]> {
  return Object.create(null) as Record<string, Bytes | Bytes[]>
}

function said(what: string, headers: readonly (readonly [name: string, value: unknown])[]): string[] {
  const names = [...new Set(headers.map(([name]) => name))]
  if (names.length === 0) return []
  const shown = names.slice(0, NAMES.most).map((name) => JSON.stringify(name.slice(0, NAMES.longest)))
  const more = names.length > NAMES.most ? [`${names.length - NAMES.most} more`] : []
  return [`${what}: ${[...shown, ...more].join(', ')}`]
}

function placeOf({ topic, partition }: Shelf, { offset }: Received): string {
  return `${topic}/${partition}/${offset}`
}

function reasons({ topic, partition }: Shelf, record: Received, { reason, why }: Complaint): Record<string, string> {
  return {
    'dead-letter-reason': reason,
    'dead-letter-why': why.slice(0, LONGEST_WHY),
    'dead-letter-topic': topic,
    'dead-letter-partition': String(partition),
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
