import type { Document, Filter, UpdateFilter } from 'mongodb'
import { businessStateIdAs, latestEventAs } from '../../../src/codec/document-form.ts'
import type { DocumentForm } from '../../../src/codec/document-form.ts'
import { encodeStoredDocument } from '../../../src/codec/stored-document.ts'
import type { StoredDocument, StoredHistory } from '../../../src/codec/stored-document.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { DeadLetter, Debt, Saga, WriteId } from '../../../src/engine/saga.ts'
import type { Basis } from '../../../src/ports/persistency.ts'
import { LIMIT, ROOM, WHOLE } from './limits.ts'
import { BsonMeasure } from './bson-values.ts'
import type { WantedForms } from './wanted-forms.ts'

/** A write in the form of the server. */
export type MongoWrite = MongoCreation | MongoUpdate

/** The insertion of a new saga. */
export interface MongoCreation {
  readonly kind: 'create'
  readonly change: Change
  /** Basis of the saga after this write. */
  readonly after: MongoRevision
  readonly document: Document
  /** Created under a key that another client may use at the same time (P8, P20). */
  readonly isKeyed: boolean
}

/** The update of a saga, conditional on its revision. */
export interface MongoUpdate {
  readonly kind: 'update'
  readonly change: Change
  readonly after: MongoRevision
  readonly filter: Filter<Document>
  readonly update: UpdateFilter<Document>
}

/**
 * Content of a basis (C6.4): the last write's id, absent where Flow Manager wrote last, and the length, since Flow Manager may
 * move a saga on and keep our fields.
 */
export interface MongoRevision {
  readonly writeId?: WriteId | undefined
  readonly length: number
  /**
   * Fields of `PASSING` that are present, where this process wrote last and knows. Every touched field costs the server time.
   */
  readonly passing?: readonly string[] | undefined
  /** Types of the fields of the stored document (C5a). */
  readonly form?: DocumentForm | undefined
  /** The history, where it must be written whole: the server can set nothing inside of it. */
  readonly whole?: StoredHistory | undefined
}

const opaqueBasis = opaque<Basis, MongoRevision>()
/** Seals the revision that was read into a basis. */
export const basisOf: (own: MongoRevision) => Basis = opaqueBasis.seal
/** Opens a basis that `basisOf` sealed. */
export const revisionIn: (basis: Basis) => MongoRevision = opaqueBasis.open

/** Arguments of a save. */
export interface MongoSave {
  readonly change: Change
  readonly next: Saga
  readonly basis: Basis | 'absent'
  readonly wanted: WantedForms
}

/** Encodes a save, or answers the limit that it exceeds (P24). */
export function encodeSave({ change, next, basis, wanted }: MongoSave): MongoWrite | number {
  const stored = fitting(encodeStoredDocument(change, next, undefined), change.step !== undefined)
  if (typeof stored === 'number') return stored
  const revision = basis === 'absent' ? undefined : revisionIn(basis)
  const form = revision === undefined ? wanted.ofNew : { ...revision.form, ...wanted.ofAll }
  const after = { writeId: change.writeId, length: next.length, passing: passingIn(stored), form }
  if (revision !== undefined) return { ...updateOf({ change, stored, revision, form }), after }
  const document = { ...withoutNulls(stored), ...formed(stored, form) }
  return { kind: 'create', change, after, document, isKeyed: next.fingerprint !== undefined }
}

/** The document with values that BSON can hold, or the limit that it exceeds. */
function fitting(stored: StoredDocument, hasMetadata: boolean): StoredDocument | number {
  const scale = new BsonMeasure()
  const metadata = hasMetadata ? scale.take(stored.metadata) : {}
  if (scale.bytes > ROOM) return LIMIT
  const { owed, dead, parked } = stored.history
  const history = {
    ...stored.history,
    owed: owed?.map((debt) => measured(debt, scale)),
    dead: dead?.map((letter) => measured(letter, scale)),
    parked: parked?.map((one) => ({ ...one, event: { ...one.event, payload: scale.take(one.event.payload) } })),
  }
  if (scale.isUnfit) return LIMIT
  return scale.bytes > WHOLE ? WHOLE : ({ ...stored, metadata, history } as StoredDocument)
}

/** An outbox entry or a dead letter with its payload in BSON; the body that a hook made counts, too. */
function measured<T extends Debt | DeadLetter>(message: T, scale: BsonMeasure): T {
  if ('body' in message) scale.take(message.body ?? '')
  return message.payload === undefined ? message : { ...message, payload: scale.take(message.payload) }
}

/** A state without a business state leaves the fields out (C5). */
function withoutNulls(stored: StoredDocument): Document {
  const { businessStateId, businessStateDescription, ...document } = stored
  return { ...document, ...present({ businessStateId, businessStateDescription }) }
}

/** Fields that a saga may lose again. */
const PASSING = [
  'history.owed',
  'history.dead',
  'history.parked',
  'history.timer',
  'history.delivered',
  'history.hold',
  'history.entering',
  'businessStateId',
  'businessStateDescription',
] as const
/** Keys of `history` that stay as the creation wrote them. */
const LASTING: ReadonlySet<string> = new Set(['created', 'fingerprint'])

function passingIn({ businessStateId, businessStateDescription, history }: StoredDocument): readonly string[] {
  const { owed, dead, parked, timer, delivered, hold, entering } = history
  const values = [
    owed,
    dead,
    parked,
    timer,
    delivered,
    hold,
    entering,
    businessStateId ?? undefined,
    businessStateDescription ?? undefined,
  ]
  return PASSING.filter((_, place) => values[place] !== undefined)
}

/** Arguments of `updateOf`. */
interface UpdateToEncode {
  readonly change: Change
  readonly stored: StoredDocument
  readonly revision: MongoRevision
  readonly form: DocumentForm
}

/** Sets field by field, so that other clients' fields stay; `metadata` as a whole, since its keys may hold dots. */
function updateOf({ change, stored, revision, form }: UpdateToEncode): Omit<MongoUpdate, 'after'> {
  const { sagaId, step } = change
  const { states, events, ...words } = stored.history
  const $set: Document = step === undefined ? {} : { ...headFields(stored), ...formed(stored, form) }
  const isKnown = revision.passing !== undefined
  for (const [word, value] of Object.entries(words)) {
    if (value !== undefined && !(isKnown && LASTING.has(word))) $set[`history.${word}`] = value
  }
  const there = passingIn(stored)
  const gone = (revision.passing ?? PASSING).filter(
    (field) => !there.includes(field) && (step !== undefined || field.startsWith('history.')),
  )
  const update: UpdateFilter<Document> = { $set }
  if (gone.length > 0) update.$unset = Object.fromEntries(gone.map((field) => [field, '']))
  if (step !== undefined) update.$push = { 'history.states': states[0], 'history.events': events[0] } as never
  const filter: Filter<Document> = { sagaId, ...conditionOf(revision) }
  if (revision.whole !== undefined) return { kind: 'update', change, filter, update: replacing(update, revision.whole) }
  return { kind: 'update', change, filter: step === undefined ? filter : unlessApplied(filter, change), update }
}

/** The same update with the history in one piece, of a document of Flow Manager whose history has nulls. */
function replacing({ $set, $unset, $push }: UpdateFilter<Document>, whole: StoredHistory): UpdateFilter<Document> {
  const added = ($push ?? {}) as Document
  const entries = (list: 'states' | 'events') => [...whole[list], ...[added[`history.${list}`] ?? []].flat()]
  const isInside = (field: string) => field.startsWith('history.')
  const fields = Object.entries($set ?? {}).filter(([field]) => !isInside(field))
  const words = Object.entries($set ?? {}).filter(([field]) => isInside(field))
  const ours = Object.fromEntries(words.map(([field, value]) => [field.slice('history.'.length), value as unknown]))
  const history = { ...whole, ...ours, states: entries('states'), events: entries('events') }
  const gone = Object.entries($unset ?? {}).filter(([field]) => !isInside(field))
  return {
    $set: { ...Object.fromEntries(fields), history },
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone) as never }),
  }
}

function headFields({ currentState, isFinal, metadata, businessStateDescription }: StoredDocument): Document {
  return { currentState, isFinal, metadata, ...present({ businessStateDescription }) }
}

/** The two fields whose type is the collection's (C5a). */
function formed(stored: StoredDocument, form: DocumentForm): Document {
  const businessStateId = businessStateIdAs(form, stored.businessStateId)
  return { latestEvent: latestEventAs(form, stored), ...present({ businessStateId }) }
}

function conditionOf({ writeId, length }: MongoRevision): Filter<Document> {
  const isAsLong = length === 0 ? { 'history.events.0': { $exists: false } } : { 'history.events': { $size: length } }
  return { 'history.writeId': writeId ?? null, ...isAsLong }
}

/** One event is applied once (I4): the server checks the list that it loads anyway. */
function unlessApplied(filter: Filter<Document>, { step }: Change): Filter<Document> {
  const applied = { $elemMatch: { id: step?.event.id, event: step?.event.label } }
  return { ...filter, 'history.events': { ...filter['history.events'], $not: applied } }
}

function present(fields: Record<string, unknown>): Document {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
