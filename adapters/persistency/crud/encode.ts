import type { DocumentForm } from '../../../src/codec/document-form.ts'
import { encodeStoredDocument } from '../../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import { revisionOf } from '../../../src/codec/write-verdict.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import { encode } from './document.ts'
import type { CrudDocument, EncodedCrudDocument } from './document.ts'
import { broken } from './size.ts'

/** An encoded save. */
export interface CrudWrite extends EncodedCrudDocument {
  /** Instant (`performance.now()`) by which its caller must have an answer. */
  readonly until: number
  readonly change: Change
  readonly before: StoredDocument | undefined
}

/** Arguments of a save. */
export interface CrudSave {
  readonly change: Change
  readonly next: Saga
  readonly before: CrudDocument | undefined
  readonly until: number
  /** Types that the collection wants (C5a). */
  readonly form: DocumentForm
}

/** Encodes a save, or answers the limit that it exceeds (P24). `until`: when its caller must have an answer. */
export function encodeSave({ change, next, before, until, form }: CrudSave): CrudWrite | number {
  const isStep = change.step !== undefined
  const document = encodeStoredDocument(change, next, before?.document)
  const encoded = encode({ document, before, isStep, form })
  const whole = isStep ? encoded.fields : { ...encoded.fields, metadata: document.metadata }
  const limit = broken(encoded.text, whole, isStep ? next.metadata : undefined)
  if (limit !== undefined) return limit
  return { ...encoded, change, before: before?.document, until }
}

/** The condition: the last write is still the one that was read, and the history is as long. */
export function conditionOf({ before }: CrudWrite): string {
  if (before === undefined) throw new TypeError('condition of a creation: it has none')
  const { history } = before
  const revision = revisionOf(before)
  const length = { 'history.events': { $size: history.events.length } }
  const writer = { 'history.writeId': 'writeId' in revision ? revision.writeId : null }
  // A document of Flow Manager may have no list where it could have an empty one.
  if (history.events.length === 0) return JSON.stringify({ ...writer, $or: [length, { 'history.events': null }] })
  return JSON.stringify({ ...writer, ...length })
}
