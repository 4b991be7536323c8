import { encodeHead, readHead } from '../../../src/codec/head.ts'
import type { Decoded } from '../../../src/codec/message.ts'
import { encodeHistoryRow } from '../../../src/codec/history-row.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import type { HistoryRow } from '../../../src/codec/history-row.ts'
import type { Instant, Saga, SagaId, Step, WriteId } from '../../../src/engine/saga.ts'
import type { Basis, Loaded } from '../../../src/ports/persistency.ts'
import { isThere } from './kv.ts'
import type { KvEntry } from './kv.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** UTF-8, since a string takes two bytes a letter as soon as one of them is not Latin. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text)
}

function text({ value }: KvEntry): string {
  return decoder.decode(value as Uint8Array)
}

/** Of the head: who wrote it, when it is due, and everything else, a line each. */
export function encodeRow(writeId: WriteId, saga: Saga): Uint8Array {
  return bytes(`${writeId}\n${saga.due ?? ''}\n${encodeHead(saga)}`)
}

export function writerOf(head: KvEntry): WriteId {
  const row = text(head)
  return row.slice(0, row.indexOf('\n'))
}

export function readRow(id: SagaId, head: KvEntry, metadata?: KvEntry): Decoded<Saga> {
  if (!isText(head) || !isText(metadata)) return { ok: false, why: 'its values are not bytes' }
  const [, due, words] = text(head).split('\n', 3)
  const row = { id, head: words ?? '', metadata: metadata === undefined ? '{}' : text(metadata) }
  return readHead({ ...row, due: due === '' ? undefined : Number(due) })
}

function isText(entry: KvEntry | undefined): boolean {
  return entry === undefined || entry.value instanceof Uint8Array
}

/** What head and metadata say, if there is such a saga; a half of one is damaged. */
export function loadedOf(
  id: SagaId,
  head: KvEntry | undefined,
  metadata: KvEntry | undefined,
): Decoded<Loaded> | undefined {
  if (!isThere(head)) return isThere(metadata) ? { ok: false, why: 'its head is missing' } : undefined
  const read = readRow(id, head, isThere(metadata) ? metadata : undefined)
  if (!read.ok) return read
  if (isThere(metadata)) return { ok: true, value: { saga: read.value, basis: basisOf(head.versionstamp, read.value) } }
  // Its head goes last where it is taken away.
  return finalOf(read.value) === undefined ? { ok: false, why: 'its metadata is missing' } : undefined
}

export function encodeHistory(step: Step): Uint8Array {
  const { id, label } = step.event
  return bytes(JSON.stringify([id, label, encodeHistoryRow(step)]))
}

export function decodeHistory(entry: KvEntry): HistoryRow {
  const [event, label, passage] = JSON.parse(text(entry)) as [string, string, string]
  return { event, label, passage }
}

/** The head's versionstamp, and where the saga stands in the indexes: the next write takes it away from there. */
export interface KvBasis {
  readonly versionstamp: string
  readonly due: Instant | undefined
  readonly final: Instant | undefined
}

const { seal, open } = opaque<Basis, string>()

export function basisOf(versionstamp: string, saga: Saga): Basis {
  return seal(`${versionstamp} ${saga.due ?? ''} ${finalOf(saga) ?? ''}`)
}

export function basisIn(basis: Basis): KvBasis {
  const [versionstamp = '', due, final] = open(basis).split(' ')
  return { versionstamp, due: instant(due), final: instant(final) }
}

/** When it was written last, if it may be taken away. */
export function finalOf({ isFinal, due, updatedAt }: Saga): Instant | undefined {
  return isFinal && due === undefined ? updatedAt : undefined
}

function instant(text: string | undefined): Instant | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}
