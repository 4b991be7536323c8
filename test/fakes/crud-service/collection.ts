import { checkBody, coerce, invalid, schemaOf, STANDARD, undefinedProperty } from './fields.ts'
import type { Definition, Field } from './fields.ts'
import { parseQuery } from './query.ts'
import type { Filter } from './query.ts'
import { Refusal } from './refusal.ts'
import { parseUpdate } from './update.ts'
import { isObject, kept } from './values.ts'
import type { Document, Value } from './values.ts'

/** One collection in memory. Each method is one atomic operation of the database. */
export class Collection {
  definition: Definition
  #fields: ReadonlyMap<string, Field>
  /** By the unique index on `sagaId`; without one, by the one that every collection has. */
  readonly #documents = new Map<string, Document>()
  readonly #key: 'sagaId' | '_id'
  #made = 0
  #refuses: (text: string) => boolean = () => false

  constructor(definition: Definition) {
    this.definition = definition
    this.#fields = new Map(definition.fields.map((field) => [field.name, field]))
    const isUnique = definition.indexes.some(
      ({ unique, fields }) => unique && fields.length === 1 && fields[0]?.name === 'sagaId',
    )
    this.#key = isUnique ? 'sagaId' : '_id'
  }

  /** Other fields from now on, as where somebody edits the collection; the documents stay as they are. */
  redefine(definition: Definition): void {
    this.definition = definition
    this.#fields = new Map(definition.fields.map((field) => [field.name, field]))
  }

  /** As `GET /-/schemas` describes it. */
  get schema(): object {
    const { name, fields } = this.definition
    const properties = Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]))
    return { name, schema: { type: 'object', properties, required: this.#required } }
  }

  get #required(): string[] {
    return this.definition.fields
      .filter(({ required, name }) => required && !STANDARD.has(name))
      .map(({ name }) => name)
  }

  get documents(): Document[] {
    return [...this.#documents.values()]
  }

  /** Updates that the database cannot carry out, told by their JSON. */
  refuse(which: (text: string) => boolean): void {
    this.#refuses = which
  }

  /** Changes a document past the service. */
  meddle(sagaId: string, change: Document): void {
    for (const document of this.#all(sagaId)) this.#put({ ...document, ...change })
  }

  /** The documents of `?sagaId=X&_q=…`: published ones only. */
  find(params: Readonly<Record<string, string>>): Document[] {
    const matches = this.#filter(params)
    const { sagaId } = params
    return (sagaId === undefined ? this.documents : this.#all(sagaId)).filter(matches)
  }

  /** Of one saga; more than one only where no index forbids it. */
  #all(sagaId: string): Document[] {
    if (this.#key === '_id') return this.documents.filter((document) => document['sagaId'] === sagaId)
    const document = this.#documents.get(sagaId)
    return document === undefined ? [] : [document]
  }

  #put(document: Document): void {
    this.#documents.set(document[this.#key] as string, document)
  }

  #filter(params: Readonly<Record<string, string>>): Filter {
    const { _q, ...fields } = params
    const matches = parseQuery(_q, this.#fields)
    for (const name of Object.keys(fields)) {
      if (!this.#fields.has(name)) throw undefinedProperty('querystring', name)
    }
    const wanted = Object.entries(fields)
    return (document) =>
      document['__STATE__'] === 'PUBLIC' &&
      wanted.every(([name, value]) => String(document[name]) === value) &&
      matches(document)
  }

  checkSort(sort: string): void {
    for (const part of sort.split(',')) {
      const [name = ''] = part.replace(/^-/, '').split('.')
      if (!this.#fields.has(name)) throw new Refusal(400, `querystring/_s must match pattern: "${part}"`)
    }
  }

  insert(body: Value, userId: string): Document {
    const document = this.#checked(body, userId, 'body')
    if (this.#documents.has(document[this.#key] as string)) throw this.#duplicate(409, document)
    this.#put(document)
    return document
  }

  /** In order: what comes before the first duplicate stays. */
  insertMany(bodies: Value, userId: string): Document[] {
    if (!Array.isArray(bodies) || bodies.length === 0) throw invalid('body must NOT have fewer than 1 items')
    for (const [at, body] of bodies.entries()) this.#checked(body, userId, `body/${at}`)
    return bodies.map((body) => this.insert(body, userId))
  }

  /** How many were changed. */
  patch(params: Readonly<Record<string, string>>, commands: Value, userId: string): number {
    const update = this.#update(commands, userId, 'body')
    const found = this.find(params)
    for (const document of found) this.#put(update(document))
    return found.length
  }

  /** All of it is checked before any of it is done; each item changes one document at most. */
  patchMany(items: Value, userId: string): number {
    if (!Array.isArray(items) || items.length === 0) throw invalid('body must NOT have fewer than 1 items')
    const patches = items.map((item, at) => this.#item(item as Document, userId, `body/${at}`))
    return patches.reduce((count, patch) => count + patch(), 0)
  }

  #item(item: Document, userId: string, where: string): () => number {
    const { filter, update } = item
    if (!isObject(filter)) throw invalid(`${where} must have required property 'filter'`)
    if (!isObject(update)) throw invalid(`${where} must have required property 'update'`)
    if (filter['_q'] !== undefined && typeof filter['_q'] !== 'string') {
      throw invalid(`${where}/filter/_q must be string`)
    }
    const params = filter as Record<string, string>
    this.#filter(params)
    const change = this.#update(update, userId, `${where}/update`)
    return () => {
      const [document] = this.find(params)
      if (document === undefined) return 0
      this.#put(change(document))
      return 1
    }
  }

  upsert(params: Readonly<Record<string, string>>, commands: Value, userId: string): Document {
    const update = this.#update(commands, userId, 'body')
    const [found] = this.find(params)
    const { _q, ...given } = params
    const after = update(found ?? { ...this.#standard(userId), ...given })
    if (found === undefined && this.#documents.has(after[this.#key] as string)) throw this.#duplicate(500, after)
    this.#put(after)
    return after
  }

  #update(commands: Value, userId: string, where: string): (document: Document) => Document {
    checkBody(commands)
    if (this.#refuses(JSON.stringify(commands))) throw new Refusal(500, 'the database refused')
    const update = parseUpdate(kept(commands), this.#fields, where)
    return (document) => ({ ...update(document), updaterId: userId, updatedAt: new Date().toISOString() })
  }

  /** In the order of the service's validation: required fields, unknown fields, types. */
  #checked(body: Value, userId: string, where: string): Document {
    if (!isObject(body)) throw invalid(`${where} must be object`)
    checkBody(body)
    const lacking = this.#required.find((name) => body[name] === undefined)
    if (lacking !== undefined) throw invalid(`${where} must have required property '${lacking}'`)
    const unknown = Object.keys(body).find((name) => !this.#fields.has(name) || STANDARD.has(name))
    if (unknown !== undefined) throw undefinedProperty(where, unknown)
    const document = Object.entries(kept(body) as Document).map(([name, value]) => {
      const field = this.#fields.get(name)
      return [name, field && coerce(field, value, where)]
    })
    return { ...this.#standard(userId), ...(Object.fromEntries(document) as Document) }
  }

  #standard(userId: string): Document {
    const now = new Date().toISOString()
    const _id = (++this.#made).toString(16).padStart(24, '0')
    return { _id, creatorId: userId, createdAt: now, updaterId: userId, updatedAt: now, __STATE__: 'PUBLIC' }
  }

  #duplicate(status: number, { sagaId }: Document): Refusal {
    const key = `dup key: { sagaId: ${JSON.stringify(sagaId)} }`
    const message = `E11000 duplicate key error collection: crud.${this.definition.name} index: sagaId_unique ${key}`
    return new Refusal(status, message, status === 500 ? '11000' : undefined)
  }
}
