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
export type CrudFields = Omit<Partial<StoredDocument>, 'history'> & { readonly history: CrudHistory }

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

/** `isStep`: without a step only the history changes. */
export function encode(
  document: StoredDocument,
  before: CrudDocument | undefined,
  isStep: boolean,
): EncodedCrudDocument {
  const fields = fieldsOf(document, isStep)
  const text = JSON.stringify(fields)
  const odd = isOdd(text, fields) || (!isStep && before?.isOdd === true)
  const kept = { document, isOdd: odd }
  if (!odd) return { fields, text, kept }
  const held = madePlain(fields, exactOf(document))
  return { fields: held, text: JSON.stringify(held), kept }
}

function fieldsOf(document: StoredDocument, isStep: boolean): CrudFields {
  const { associatedEntityId, currentState, latestEvent, isFinal, metadata } = document
  const { businessStateId, businessStateDescription } = document
  const history = businessStateId === null ? document.history : { ...document.history, business: businessStateId }
  if (!isStep) return { history }
  const business = { businessStateId, businessStateDescription }
  return { associatedEntityId, currentState, latestEvent, isFinal, ...business, metadata, history }
}

function madePlain(fields: CrudFields, exact: string): CrudFields {
  const { history, metadata, ...others } = fields
  const { owed, dead, parked, ...ours } = history
  const foreign = acceptedPart({ metadata, owed, dead, parked }) as Pick<CrudHistory, 'owed' | 'dead' | 'parked'> & {
    metadata: StoredDocument['metadata']
  }
  const held = { ...ours, owed: foreign.owed, dead: foreign.dead, parked: foreign.parked, exact }
  return { ...others, ...(metadata !== undefined && { metadata: noPoint(foreign.metadata) }), history: held }
}

/** Metadata that is a map point would come back as a list of coordinates, which is no metadata. */
function noPoint(metadata: StoredDocument['metadata']): StoredDocument['metadata'] {
  if (metadata['type'] !== 'Point' || !Array.isArray(metadata['coordinates'])) return metadata
  const { type: _, ...others } = metadata
  return others
}

/** Reads an answered document; `undefined` where it is not a saga. */
export function decode(value: unknown): CrudDocument | undefined {
  const { sagaId } = (value ?? {}) as { sagaId?: unknown }
  const stored = typeof sagaId === 'string' ? readStoredDocument(value, sagaId) : undefined
  if (stored === undefined) return undefined
  const { exact, ...history } = stored.history as CrudHistory
  const isOurs = history.writeId !== undefined && history.length === history.events.length
  const document = tagged({ ...stored, history: isOurs ? history : lengthened(history) }, isOurs)
  // A text from before another client's write does not describe the document.
  if (!isOurs || exact === undefined) return { document, isOdd: false }
  const exactly = restore(document, exact)
  return exactly && { document: exactly, isOdd: true }
}

/** Flow Manager wrote last and may have kept our fields: those about the newest step are stale. */
function lengthened(history: StoredHistory): StoredHistory {
  return { ...history, length: undefined, updated: undefined }
}

/** The newest entry has the business state as the machine has it; the service may have changed the field's type. */
function tagged(document: StoredDocument, isOurs: boolean): StoredDocument {
  const last = document.history.states.at(-1)
  if (last === undefined || (!isOurs && last.businessStateId === undefined)) return document
  const { businessStateId = null, businessStateDescription = null } = last
  return { ...document, businessStateId, businessStateDescription }
}
