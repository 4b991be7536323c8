import { readStoredDocument } from '../../../src/codec/read-stored-document.ts'
import type { StateEntry } from '../../../src/codec/document.ts'
import type { StoredDocument, StoredHistory } from '../../../src/codec/stored-document.ts'

/** Kept in the history too: a service need not answer these fields (C6.1). */
interface Spare {
  readonly entity?: string | undefined
  readonly final?: boolean | undefined
}

/** A document, as far as the service answers it. */
export interface AnsweredDocument {
  readonly document: StoredDocument
  /** True where the entity is in a field that the service does not answer; an unknown value must not be overwritten. */
  readonly hidesEntity: boolean
}

/**
 * The body of an upsert: the document of C5 without `sagaId`. A service may replace documents or set fields, so a business
 * state that has ended is sent as `null` once and left out then.
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

/**
 * Reads an answered document; `undefined` where it is not a saga. Fields that were left out are taken from the history.
 */
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

/** Without a history in the answer, our next write would erase it. */
function isWhole({ history, metadata }: { history?: unknown; metadata?: unknown }): boolean {
  return isObject(history) && isObject(metadata)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
