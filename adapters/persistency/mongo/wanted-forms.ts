import type { Document } from 'mongodb'
import { formOf } from '../../../src/codec/document-form.ts'
import type { DocumentForm } from '../../../src/codec/document-form.ts'
import type { MongoConnection } from './connect.ts'

/** The types of fields that a collection wants (C5a). */
export interface WantedForms {
  /** Of every document: what a validator of the collection says. */
  readonly ofAll: DocumentForm
  /** Of a new document: the same, else those of the newest document that is there. */
  readonly ofNew: DocumentForm
}

/** Asks the collection, once. Nothing is wanted where the user may not ask. */
export async function wantedForms(connection: MongoConnection): Promise<WantedForms> {
  const [ofAll, newest] = await Promise.all([validatorForm(connection), newestForm(connection)])
  return { ofAll, ofNew: { ...newest, ...ofAll } }
}

async function newestForm({ sagas }: MongoConnection): Promise<DocumentForm> {
  const projection = { latestEvent: 1, businessStateId: 1, 'history.states': { $slice: -1 } }
  const found = await sagas
    .find({}, { projection, sort: { _id: -1 }, limit: 1 })
    .toArray()
    .catch(() => [])
  return known(formOf(found[0]))
}

async function validatorForm({ db, sagas }: MongoConnection): Promise<DocumentForm> {
  const found = await db
    .listCollections({ name: sagas.collectionName })
    .toArray()
    .catch(() => [])
  const { options } = (found[0] ?? {}) as { options?: { validator?: { $jsonSchema?: Document } } }
  const { latestEvent, businessStateId } = (options?.validator?.$jsonSchema?.['properties'] ?? {}) as Document
  const event = typesOf(latestEvent)
  const business = typesOf(businessStateId)
  return known({
    latestEvent: event.has('string') ? 'string' : event.has('object') ? 'object' : undefined,
    businessStateId: business.size > 0 && NUMBERS.every((type) => !business.has(type)) ? 'string' : undefined,
  })
}

const NUMBERS = ['number', 'int', 'long', 'double', 'decimal', 'integer']

function typesOf(schema: unknown): ReadonlySet<unknown> {
  const { bsonType, type } = (schema ?? {}) as { bsonType?: unknown; type?: unknown }
  return new Set([bsonType, type].flat().filter((one) => one !== undefined && one !== 'null'))
}

/** Without keys that are not known, so that one form can complete another. */
function known(form: DocumentForm): DocumentForm {
  return Object.fromEntries(Object.entries(form).filter(([, type]) => type !== undefined))
}
