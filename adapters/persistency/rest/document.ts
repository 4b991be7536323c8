import { businessStateIdAs, latestEventAs } from '../../../src/codec/document-form.ts'
import type { WrittenEvent } from '../../../src/codec/document-form.ts'
import type { Decoded } from '../../../src/codec/message.ts'
import { readStoredDocument } from '../../../src/codec/read-stored-document.ts'
import type { StateEntry } from '../../../src/codec/history-entry.ts'
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
  /** True where it has no history yet, as in versions 1.x of Flow Manager. */
  readonly lacksHistory: boolean
  /** `latestEvent` as it was answered: another writer's object stays as it is until the next step. */
  readonly latestEvent?: WrittenEvent | undefined
}

/** Arguments of `encodeBody`. */
export interface BodyToEncode {
  readonly document: StoredDocument
  readonly before: AnsweredDocument | undefined
  readonly isStep: boolean
}

/**
 * The body of an upsert: the document of C5 without `sagaId`, in the form of the stored one (C5a). A service may replace
 * documents or set fields, so a business state that has ended is sent as `null` once and left out then.
 */
export function encodeBody({ document, before, isStep }: BodyToEncode): string {
  const { associatedEntityId, businessStateDescription, history, form: _, ...fields } = document
  const entity = before?.hidesEntity === true ? undefined : associatedEntityId
  const spare: Spare = { entity, ...(fields.isFinal && { final: true }) }
  const { businessStateId: id, businessStateDescription: description } = before?.document ?? {}
  const businessStateId = businessStateIdAs(before?.document.form ?? {}, document.businessStateId)
  return JSON.stringify({
    associatedEntityId: entity,
    ...fields,
    latestEvent: writtenEvent({ document, before, isStep }),
    sagaId: undefined,
    businessStateId: isSent(businessStateId, id) ? businessStateId : undefined,
    ...(isSent(businessStateDescription, description) && { businessStateDescription }),
    history: { ...history, ...spare },
  })
}

/** `latestEvent` of a write: the new entry of a step, in the form of the stored one, or what is stored. */
export function writtenEvent({ document, before, isStep }: BodyToEncode): WrittenEvent {
  if (!isStep && typeof before?.latestEvent === 'object') return before.latestEvent
  return latestEventAs(before?.document.form ?? {}, document)
}

function isSent(value: unknown, before: unknown): boolean {
  return value !== null || (before !== null && before !== undefined)
}

/**
 * Reads an answered document; the reason where it is not a saga. Fields that were left out are taken from the history.
 */
export function decodeAnswer(value: unknown, sagaId: string): Decoded<AnsweredDocument> {
  const read = readStoredDocument(value, sagaId)
  if (!read.ok) return read
  const given = value as GivenFields
  const flaw = partMissing(given)
  if (flaw !== undefined) return { ok: false, why: flaw }
  const stored = read.value
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
  const hidesEntity = given.associatedEntityId === undefined && entity === undefined
  const latestEvent = stored.form?.latestEvent === undefined ? undefined : (given.latestEvent as WrittenEvent)
  return { ok: true, value: { document, hidesEntity, lacksHistory: !isObject(given.history), latestEvent } }
}

type GivenFields = Readonly<Partial<Record<keyof StoredDocument, unknown>>>

/**
 * The part without which an answer is not a whole document. Without a history our next write would erase it, unless there is
 * none: the answer of another field, which the protocol need not give, shows that the service answers what it has.
 */
function partMissing({ history, metadata, latestEvent, isFinal }: GivenFields): string | undefined {
  if (!isObject(metadata)) return '"metadata" is not what it must be: an object'
  const isWhole = isObject(history) || latestEvent !== undefined || isFinal !== undefined
  return isWhole ? undefined : '"history" is not what it must be: an object'
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
