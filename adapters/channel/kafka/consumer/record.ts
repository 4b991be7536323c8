import { identityOf, identityOfRecord, traceOf } from '../../../../src/codec/identity.ts'
import { parseJson } from '../../../../src/codec/json.ts'
import { decodeValue, LONGEST_NAME } from '../../../../src/codec/message.ts'
import type { SagaEvent } from '../../../../src/engine/saga.ts'
import { messageOf } from '../../../../src/errors.ts'
import type { HeaderIntake } from '../../../../src/ports/source.ts'
import type { KafkaRecord } from '../driver.ts'
import { headerOf, valuesOf } from './headers.ts'
import { textOf } from './utf8.ts'

/** A partition with the id of its cluster. */
export interface ClusterPartition {
  readonly cluster: string
  readonly topic: string
  readonly partition: number
}

interface DecodedEvent {
  readonly ok: true
  readonly event: SagaEvent
}

/** The event of a record, or the reason of its dead letter. */
export type DecodedRecord =
  | DecodedEvent
  | { readonly ok: false; readonly reason: 'bad-key' | 'bad-value' | 'unreadable'; readonly why: string }

/**
 * Decodes an event (C3.3). Its id is that of its `idempotency-key`, or else its position (C3.5, P7). Never throws: an error would end
 * the consumer, and its successor would meet the same record. `intake`: absent where no headers are handed on.
 */
export function decodeRecord(partition: ClusterPartition, record: KafkaRecord, intake?: HeaderIntake): DecodedRecord {
  try {
    const read = decoded(partition, record)
    return read.ok && intake !== undefined ? withHeaders(read, record, { partition, intake }) : read
  } catch (thrown) {
    return { ok: false, reason: 'unreadable', why: `the record cannot be read: ${messageOf(thrown)}` }
  }
}

function decoded(partition: ClusterPartition, record: KafkaRecord): DecodedRecord {
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
  const event = decodeValue(json.value, {
    sagaId: key,
    id: idOf(partition, record),
    trace: traceOf(headerOf(record, 'traceparent')),
  })
  if (!event.ok) return bad('bad-value', event.why)
  if (json.inexact === undefined) return { ok: true, event: event.value }
  const { path, literal, becomes, count } = json.inexact
  return { ok: true, event: { ...event.value, inexact: { path, literal, becomes, count } } }
}

interface HeaderContext {
  readonly partition: ClusterPartition
  readonly intake: HeaderIntake
}

/** Adds the headers that are handed on (C3.6). */
function withHeaders(read: DecodedEvent, record: KafkaRecord, { partition, intake }: HeaderContext): DecodedRecord {
  const values = valuesOf(record, intake.names)
  if (values === undefined) return read
  const headers = intake.take(values, originOf(partition, record))
  return headers === undefined ? read : { ok: true, event: { ...read.event, headers } }
}

/** The position of a record, for log lines. */
export function originOf({ topic, partition }: ClusterPartition, { offset }: KafkaRecord): string {
  return `${topic}/${partition}/${offset}`
}

const BAD_KEY = 'the key is empty or not UTF-8; expected the saga id'

/** An `idempotency-key` that cannot be decoded is ignored: the event must not be lost. */
function idOf({ cluster, topic, partition }: ClusterPartition, record: KafkaRecord): string {
  const given = headerOf(record, 'idempotency-key')
  return (
    (given === undefined ? undefined : identityOf(given)) ??
    identityOfRecord(cluster, { topic, partition, offset: record.offset, timestamp: timestampOf(record) })
  )
}

/** Kafka's value for a record without a timestamp. */
const NO_TIMESTAMP = '-1'

/** Milliseconds since 1970 as decimal text; `-1` where the record has none. */
export function timestampOf({ timestamp = NO_TIMESTAMP }: KafkaRecord): string {
  return timestamp
}

function bad(reason: 'bad-key' | 'bad-value', why: string): DecodedRecord {
  return { ok: false, reason, why }
}
