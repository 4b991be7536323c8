import { dueOrderOf } from '../../../src/codec/due-order.ts'
import { encodeHead, readHead } from '../../../src/codec/head.ts'
import type { Decoded } from '../../../src/codec/message.ts'
import { encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import type { HistoryRow } from '../../../src/codec/history-row.ts'
import type { Instant, Saga, SagaId, WriteId } from '../../../src/engine/saga.ts'
import type { Step } from '../../../src/engine/change.ts'
import type { Basis, Loaded } from '../../../src/ports/persistency.ts'
import { isThere } from './kv.ts'
import type { KvEntry } from './kv.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** As UTF-8 bytes: Deno KV stores a string with two bytes a letter once one is not Latin. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text)
}

function text({ value }: KvEntry): string {
  return decoder.decode(value as Uint8Array)
}

/** The value of a head: last write id, due, and the encoded head, one line each. */
export function encodeRow(writeId: WriteId, saga: Saga): Uint8Array {
  return bytes(`${writeId}\n${dueOrderOf(saga) ?? ''}\n${encodeHead(saga)}`)
}

/** The write that a head entry came from. */
export function writerOf(head: KvEntry): WriteId {
  const row = text(head)
  return row.slice(0, row.indexOf('\n'))
}

/** Decodes head and metadata of a saga. */
export function readRow(id: SagaId, head: KvEntry, metadata?: KvEntry): Decoded<Saga> {
  if (!isText(head) || !isText(metadata)) return { ok: false, why: 'its values are not bytes' }
  const [, , words] = text(head).split('\n', 3)
  const row = { id, head: words ?? '', metadata: metadata === undefined ? '{}' : text(metadata) }
  return readHead({ ...row, due: dueIn(head) })
}

/** The instant in the key of a head among the due ones. Of a resting saga an earlier version keeps it without `RESTING`. */
export function dueIn(head: KvEntry): Instant | undefined {
  return instant(text(head).split('\n', 2)[1])
}

function isText(entry: KvEntry | undefined): boolean {
  return entry === undefined || entry.value instanceof Uint8Array
}

/** The saga of a head and its metadata. `undefined` where there is none; one without the other is damaged. */
export function loadedOf(
  id: SagaId,
  head: KvEntry | undefined,
  metadata: KvEntry | undefined,
): Decoded<Loaded> | undefined {
  if (!isThere(head)) return isThere(metadata) ? { ok: false, why: 'its head is missing' } : undefined
  const read = readRow(id, head, isThere(metadata) ? metadata : undefined)
  if (!read.ok) return read
  const basis = basisOf(head.versionstamp, read.value, dueIn(head))
  if (isThere(metadata)) return { ok: true, value: { saga: read.value, basis } }
  // A removal deletes the head last.
  return finalOf(read.value) === undefined ? { ok: false, why: 'its metadata is missing' } : undefined
}

/** The history entry of a step. */
export function encodeHistory(step: Step): Uint8Array {
  const { id, label } = step.event
  return bytes(JSON.stringify([id, label, encodeHistoryRow(step)]))
}

/** The history row of an entry that `encodeHistory` made. */
export function decodeHistory(entry: KvEntry): HistoryRow {
  const [event, label, passage] = JSON.parse(text(entry)) as [string, string, string]
  return { event, label, passage }
}

/** Content of a basis: the head's versionstamp and the saga's index keys, which the next write deletes. */
export interface KvBasis {
  readonly versionstamp: string
  readonly due: Instant | undefined
  readonly final: Instant | undefined
}

const { seal, open } = opaque<Basis, string>()

/** Seals versionstamp and head into a basis. `due`: the instant in its key among the due ones. */
export function basisOf(versionstamp: string, saga: Saga, due: Instant | undefined = dueOrderOf(saga)): Basis {
  return seal(`${versionstamp} ${due ?? ''} ${finalOf(saga) ?? ''}`)
}

/** Opens a basis that `basisOf` sealed. */
export function basisIn(basis: Basis): KvBasis {
  const [versionstamp = '', due, final] = open(basis).split(' ')
  return { versionstamp, due: instant(due), final: instant(final) }
}

/** Instant of the last write of a saga that may be removed; else `undefined`. A held saga may owe what is not due. */
export function finalOf({ isFinal, due, owed, updatedAt }: Saga): Instant | undefined {
  return isFinal && due === undefined && owed.length === 0 ? updatedAt : undefined
}

function instant(text: string | undefined): Instant | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}
