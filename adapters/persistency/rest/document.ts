import { readStoredDocument } from '../../../src/codec/read-stored-document.ts'
import type { StateEntry } from '../../../src/codec/document.ts'
import type { StoredDocument, StoredHistory } from '../../../src/codec/stored-document.ts'

/** What a service of the reference must answer is less than a saga (C6.1), so these stand in the history once more. */
interface Spare {
  readonly entity?: string | undefined
  readonly final?: boolean | undefined
}

/** A document, as far as the service tells it. */
export interface AnsweredDocument {
  readonly document: StoredDocument
  /** Whose saga it is stands, if anywhere, in a field that is not answered; what nobody was told must not be written over. */
  readonly hidesEntity: boolean
}

/**
 * The body of an upsert: the document of C5 less `sagaId`. Whether the service replaces a document or sets its fields is its
 * own affair, so a business state that is no more is `null` once; otherwise there is none.
 */
export function encodeBody(document: StoredDocument, before: AnsweredDocument | undefined): string {
  const { associatedEntityId, businessStateId, businessStateDescription, history, ...fields } = document
  const entity = before?.hidesEntity === true ? undefined : associatedEntityId
  const spare: Spare = { entity, ...(fields.isFinal && { final: true }) }
  const { businessStateId: id, businessStateDescription: description } = before?.document ?? {}
  return JSON.stringify({
    associatedEntityId: entity,
    ...fields,
    sagaId: undefined,
    ...(isSent(businessStateId, id) && { businessStateId }),
    ...(isSent(businessStateDescription, description) && { businessStateDescription }),
    history: { ...history, ...spare },
  })
}

function isSent(value: unknown, before: unknown): boolean {
  return value !== null || (before !== null && before !== undefined)
}

/** A document as the service answered it; nothing where it is none. What it left out is taken from the history. */
export function decodeAnswer(value: unknown, sagaId: string): AnsweredDocument | undefined {
  const stored = readStoredDocument(value, sagaId)
  if (stored === undefined || !isWhole(value as object)) return undefined
  const given = value as Partial<Record<keyof StoredDocument, unknown>>
  const { entity, final, ...history } = stored.history as StoredHistory & Spare
  const last: Partial<StateEntry> = history.states.at(-1) ?? {}
  const document: StoredDocument = {
    ...stored,
    ...(given.associatedEntityId === undefined && { associatedEntityId: entity ?? '' }),
    ...(given.isFinal === undefined && { isFinal: final ?? false }),
    ...(given.businessStateId === undefined && { businessStateId: last.businessStateId ?? null }),
    ...(given.businessStateDescription === undefined && {
      businessStateDescription: last.businessStateDescription ?? null,
    }),
    history,
  }
  return { document, hidesEntity: given.associatedEntityId === undefined && entity === undefined }
}

/** Who answered no history would lose it with our next write. */
function isWhole({ history, metadata }: { history?: unknown; metadata?: unknown }): boolean {
  return isObject(history) && isObject(metadata)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
