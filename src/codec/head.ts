import * as v from 'valibot'
import type {
  DeadLetter,
  Debt,
  Delivery,
  Hold,
  Instant,
  Metadata,
  ParkedEvent,
  Saga,
  SagaId,
  Timer,
} from '../engine/saga.ts'
import type { OperationRecord } from '../engine/operation-record.ts'
import type { BusinessTag } from '../machine/compile.ts'
import {
  COUNT,
  DEAD,
  DELIVERED,
  flawOf,
  HOLD,
  INSTANT,
  LENGTH,
  OBJECT,
  OPERATIONS,
  OWED,
  TAG,
  TIMER,
  WAITING,
} from './stored-schema.ts'
import { dueInOrder } from './due-order.ts'
import { isInstant, isObject, isPlainHead } from './plain-head.ts'
import type { Decoded } from './message.ts'

/**
 * A head as a store of rows keeps it. `metadata` is large and only a step changes it; `due` has a field of its own because the
 * store queries it (`dueOrderOf`); `head` holds the rest. The field `due` counts, since a store may set it by itself (P12).
 */
export interface HeadRow {
  readonly id: SagaId
  readonly head: string
  readonly metadata: string
  readonly due?: Instant | null | undefined
}

/** Words of the head's text: part of every row store's format, so a new one must be optional and none changes meaning. */
interface HeadWords {
  readonly entity: string
  readonly state: string
  readonly event: string
  readonly final?: true | undefined
  readonly business?: BusinessTag | undefined
  readonly length: number
  readonly owed?: readonly Debt[] | undefined
  readonly dead?: readonly DeadLetter[] | undefined
  readonly parked?: readonly ParkedEvent[] | undefined
  readonly timer?: Timer | undefined
  readonly fingerprint?: string | undefined
  readonly delivered?: readonly Delivery[] | undefined
  readonly hold?: Hold | undefined
  readonly operations?: readonly OperationRecord[] | undefined
  readonly created: Instant
  readonly updated: Instant
  readonly entered?: Instant | undefined
  readonly entering?: number | undefined
}

/** The head as text, without id, metadata and `due`. Absent and empty fields take no space. */
export function encodeHead(saga: Saga): string {
  const words: HeadWords = {
    entity: saga.entity,
    state: saga.state,
    event: saga.latestEvent,
    final: saga.isFinal || undefined,
    business: saga.business,
    length: saga.length,
    owed: unlessEmpty(saga.owed),
    dead: unlessEmpty(saga.deadLetters),
    parked: unlessEmpty(saga.parked),
    timer: saga.timer,
    fingerprint: saga.fingerprint,
    delivered: saga.delivered,
    hold: saga.hold,
    operations: saga.operations,
    created: saga.createdAt,
    updated: saga.updatedAt,
    entered: saga.enteredAt,
    entering: saga.enteringStep,
  }
  return JSON.stringify(words)
}

/** The metadata as JSON text, which keeps own keys such as `__proto__` and lone surrogates. */
export function encodeMetadata(saga: Saga): string {
  return JSON.stringify(saga.metadata)
}

/** Decodes a head that may be damaged. The reason completes the sentence "the saga …: …". */
export function readHead(row: HeadRow): Decoded<Saga> {
  const words = parsed(row.head)
  const metadata = parsed(row.metadata)
  const isPlain = isPlainHead(words) && isObject(metadata) && isInstant(row.due ?? 0)
  const flaw = isPlain ? undefined : flawOfRow(row, words, metadata)
  if (flaw !== undefined) return { ok: false, why: flaw }
  return { ok: true, value: sagaOf(row, words as HeadWords, metadata as Metadata) }
}

/** Decodes a head; throws where it is damaged. */
export function decodeHead(row: HeadRow): Saga {
  const read = readHead(row)
  if (!read.ok) throw new TypeError(`read the head of a saga: ${read.why}`)
  return read.value
}

const DUE = v.nullish(INSTANT)
const WORDS = v.looseObject({
  entity: v.string(),
  state: v.string(),
  event: v.string(),
  final: v.optional(v.boolean()),
  business: v.optional(TAG),
  length: LENGTH,
  owed: v.optional(OWED),
  dead: v.optional(DEAD),
  parked: v.optional(WAITING),
  timer: v.optional(TIMER),
  fingerprint: v.optional(v.string()),
  delivered: v.optional(DELIVERED),
  hold: v.optional(HOLD),
  operations: v.optional(OPERATIONS),
  created: INSTANT,
  updated: INSTANT,
  entered: v.optional(INSTANT),
  entering: v.optional(COUNT),
})

/** `undefined` where the text is no JSON. The parser's message is dropped: it shows a part of the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function flawOfRow({ due }: HeadRow, words: unknown, metadata: unknown): string | undefined {
  return flawIn('the head', WORDS, words) ?? flawIn('the metadata', OBJECT, metadata) ?? flawIn('due', DUE, due)
}

function flawIn(what: string, schema: v.GenericSchema, value: unknown): string | undefined {
  const flaw = value === undefined && what !== 'due' ? 'it is no JSON' : flawOf(schema, value)
  return flaw && `${what} is damaged (${flaw})`
}

function sagaOf(row: HeadRow, words: HeadWords, metadata: Metadata): Saga {
  return {
    id: row.id,
    entity: words.entity,
    state: words.state,
    latestEvent: words.event,
    isFinal: words.final === true,
    business: words.business,
    length: words.length,
    metadata,
    fingerprint: words.fingerprint,
    createdAt: words.created,
    owed: row.due === RELEASED ? released(words.owed) : (words.owed ?? NONE),
    deadLetters: words.dead ?? NONE,
    parked: words.parked ?? NONE,
    timer: words.timer,
    delivered: words.delivered,
    hold: words.hold,
    operations: words.operations,
    due: dueInOrder(row.due),
    updatedAt: words.updated,
    enteredAt: words.entered,
    enteringStep: words.entering,
  }
}

/** A store that is not shared sets every `due` to this when it is opened: the holders of all leases are gone (P12). */
export const RELEASED: Instant = 0

function released(owed: readonly Debt[] = NONE): readonly Debt[] {
  return owed.map((debt) => ({ ...debt, due: RELEASED }))
}

const NONE: readonly never[] = Object.freeze([])

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
