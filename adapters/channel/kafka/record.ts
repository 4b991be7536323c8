import { identityOf, identityOfPlace, traceOf } from '../../../src/codec/identity.ts'
import { parseJson } from '../../../src/codec/json.ts'
import { decodeValue, LONGEST_NAME } from '../../../src/codec/message.ts'
import type { SagaEvent } from '../../../src/engine/saga.ts'
import type { Received } from './driver.ts'

/** Where a record stands. */
export interface Shelf {
  readonly cluster: string
  readonly topic: string
  readonly partition: number
}

export type ReadRecord =
  | { readonly ok: true; readonly event: SagaEvent }
  | { readonly ok: false; readonly reason: 'bad-key' | 'bad-value'; readonly why: string }

/** An event as C3.3 writes it; its id is the one that came beside it, or the place where it stands (C3.5, P7). */
export function readRecord(shelf: Shelf, record: Received): ReadRecord {
  const key = textOf(record.key)
  if (key === undefined || key === '') {
    return bad('bad-key', record.key === null ? 'the record has no key; expected the saga id' : BAD_KEY)
  }
  if (key.length > LONGEST_NAME) return bad('bad-key', `the key is longer than ${LONGEST_NAME} characters`)
  if (record.value === null) return bad('bad-value', 'the record has no value; expected an event')
  const text = textOf(record.value)
  if (text === undefined) return bad('bad-value', 'the value is not UTF-8')
  const json = parseJson(text)
  if (!json.ok) return bad('bad-value', `the value ${json.why}`)
  const event = decodeValue(json.value, key, idOf(shelf, record), traceOf(header(record, 'traceparent')))
  if (!event.ok) return bad('bad-value', event.why)
  if (json.inexact === undefined) return { ok: true, event: event.value }
  const { path, literal, becomes, count } = json.inexact
  return { ok: true, event: { ...event.value, inexact: { path, literal, becomes, count } } }
}

const BAD_KEY = 'the key is empty or not UTF-8; expected the saga id'

/** A header that cannot be decoded is somebody's else: an event must not be lost over it. */
function idOf({ cluster, topic, partition }: Shelf, record: Received): string {
  const given = header(record, 'idempotency-key')
  const { offset, timestamp } = record
  return (
    (given === undefined ? undefined : identityOf(given)) ??
    identityOfPlace(cluster, { topic, partition, offset, timestamp })
  )
}

/** The last one of that name, as Kafka's own clients read them. */
function header({ headers }: Received, name: string): string | undefined {
  const value = headers[name]
  const last = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : last && textOf(last)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Buffer | null): string | undefined {
  if (bytes === null) return undefined
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}

function bad(reason: 'bad-key' | 'bad-value', why: string): ReadRecord {
  return { ok: false, reason, why }
}
