import { businessStateIdAs, latestEventAs } from '../../../src/codec/document-form.ts'
import type { DocumentForm, WrittenEvent } from '../../../src/codec/document-form.ts'
import type { Decoded } from '../../../src/codec/message.ts'
import { readStoredDocument } from '../../../src/codec/read-stored-document.ts'
import { opaque } from '../../../src/codec/opaque.ts'
import type { StoredDocument, StoredHistory } from '../../../src/codec/stored-document.ts'
import type { Basis } from '../../../src/ports/persistency.ts'
import { exactOf, isOdd, acceptedPart, restore } from './exact.ts'

/** A document as read or written: the basis of the next write (C6.4). */
export interface CrudDocument {
  readonly document: StoredDocument
  /** True where its foreign part is also kept as one exact text. */
  readonly isOdd: boolean
}

/** Keys of `history` that this store alone has. */
interface Extra {
  /** Id of the business state as the machine has it, for filters: the collection's field may accept numbers only. */
  readonly business?: string | number | undefined
  /** Result of `exactOf`, where the service cannot hold the document as it is. */
  readonly exact?: string | undefined
}

type CrudHistory = StoredHistory & Extra
/** Fields that a write sets. */
export type CrudFields = Omit<Partial<StoredDocument>, 'history' | 'latestEvent' | 'form'> & {
  readonly latestEvent?: WrittenEvent
  readonly history: CrudHistory
}

const opaqueBasis = opaque<Basis, CrudDocument>()
/** Seals the document that was read into a basis. */
export const basisOf: (own: CrudDocument) => Basis = opaqueBasis.seal
/** Opens a basis that `basisOf` sealed. */
export const documentIn: (basis: Basis) => CrudDocument = opaqueBasis.open

/** An encoded document: what is sent, and the basis after it. */
export interface EncodedCrudDocument {
  readonly fields: CrudFields
  readonly text: string
  readonly kept: CrudDocument
}

/** Arguments of `encode`. */
export interface DocumentToEncode {
  readonly document: StoredDocument
  readonly before: CrudDocument | undefined
  /** Without a step only the history changes. */
  readonly isStep: boolean
  /** Types that the collection wants (C5a). */
  readonly form: DocumentForm
}

/** Encodes a document: the fields of a write, and their text. */
export function encode({ document, before, isStep, form }: DocumentToEncode): EncodedCrudDocument {
  const fields = isStep
    ? { ...headFields(document), ...formed(document, form), ...historyField(document) }
    : historyField(document)
  const text = JSON.stringify(fields)
  const odd = isOdd(text, fields) || (!isStep && before?.isOdd === true)
  const kept = { document: { ...document, form }, isOdd: odd }
  if (!odd) return { fields, text, kept }
  const held = madePlain(fields, exactOf(document))
  return { fields: held, text: JSON.stringify(held), kept }
}

/** The same write for a collection that wants other types than were thought. */
export function inForm({ fields, text, kept }: EncodedCrudDocument, form: DocumentForm): string {
  const { form: given } = kept.document
  const isSame = form.latestEvent === given?.latestEvent && form.businessStateId === given?.businessStateId
  if (isSame || fields.currentState === undefined) return text
  return JSON.stringify({ ...fields, ...formed(kept.document, form) })
}

function headFields({ associatedEntityId, currentState, isFinal, businessStateDescription, metadata }: StoredDocument) {
  return { associatedEntityId, currentState, isFinal, businessStateDescription, metadata }
}

/** The two fields whose type is the collection's. */
function formed(document: StoredDocument, form: DocumentForm) {
  return {
    latestEvent: latestEventAs(form, document),
    businessStateId: businessStateIdAs(form, document.businessStateId),
  }
}

function historyField({ businessStateId, history }: StoredDocument): Pick<CrudFields, 'history'> {
  return { history: businessStateId === null ? history : { ...history, business: businessStateId } }
}

type ForeignHistory = Pick<CrudHistory, 'owed' | 'dead' | 'parked' | 'operations'>

function madePlain(fields: CrudFields, exact: string): CrudFields {
  const { history, metadata, ...others } = fields
  const { owed, dead, parked, operations, ...ours } = history
  const foreign = acceptedPart({ metadata, owed, dead, parked, operations }) as ForeignHistory & {
    metadata: StoredDocument['metadata']
  }
  const { metadata: _, ...accepted } = foreign
  const held = { ...ours, ...accepted, exact }
  return { ...others, ...(metadata !== undefined && { metadata: noPoint(foreign.metadata) }), history: held }
}

/** Metadata that is a map point would come back as a list of coordinates, which is no metadata. */
function noPoint(metadata: StoredDocument['metadata']): StoredDocument['metadata'] {
  if (metadata['type'] !== 'Point' || !Array.isArray(metadata['coordinates'])) return metadata
  const { type: _, ...others } = metadata
  return others
}

/** Reads an answered document; the reason where it is not a saga. */
export function decode(value: unknown): Decoded<CrudDocument> {
  const { sagaId } = (value ?? {}) as { sagaId?: unknown }
  const read = typeof sagaId === 'string' ? readStoredDocument(value, sagaId) : NO_ID
  if (!read.ok) return read
  const stored = read.value
  const { exact, ...history } = stored.history as CrudHistory
  const isOurs = history.writeId !== undefined && history.length === history.events.length
  const document = tagged({ ...stored, history: isOurs ? history : lengthened(history) }, isOurs)
  // A text from before another client's write does not describe the document.
  if (!isOurs || exact === undefined) return { ok: true, value: { document, isOdd: false } }
  const exactly = restore(document, exact)
  if (exactly === undefined) return { ok: false, why: '"history.exact" is not the text of its values' }
  return { ok: true, value: { document: exactly, isOdd: true } }
}

const NO_ID: Decoded<StoredDocument> = { ok: false, why: '"sagaId" is not what it must be: string' }

/** True where our write was the last one, and the newest entry has the business id as the machine has it. */
export function hasExactBusiness({ document: { history } }: CrudDocument): boolean {
  const newest = history.states.at(-1)
  return history.writeId !== undefined && history.length !== undefined && newest?.businessStateId !== undefined
}

/** Flow Manager wrote last and may have kept our fields: those about the newest step are stale. */
function lengthened(history: StoredHistory): StoredHistory {
  return { ...history, length: undefined, updated: undefined }
}

/** The history has the business state as the machine has it; the service may have changed the field's type. */
function tagged(stored: StoredDocument, isOurs: boolean): StoredDocument {
  // The service may have made "" of null.
  const document = stored.businessStateDescription === '' ? { ...stored, businessStateDescription: null } : stored
  const newest = document.history.states.at(-1)
  if (newest?.businessStateId !== undefined) {
    const { businessStateId, businessStateDescription = null } = newest
    return { ...document, businessStateId, businessStateDescription }
  }
  // An entry of Flow Manager may lack it, and our bookkeeping then has the field's.
  const { business } = document.history as CrudHistory
  if (!isOurs || business !== undefined || newest === undefined) return document
  return { ...document, businessStateId: null, businessStateDescription: null }
}
