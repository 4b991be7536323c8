import type { Document, Filter, FindOptions } from 'mongodb'
import type { SagaDocument } from '../../../src/codec/document.ts'
import { afterDuePlace } from '../../../src/codec/after-due-place.ts'
import { headOf, shownOf } from '../../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import type { EventId, Instant, SagaId } from '../../../src/engine/saga.ts'
import type { DuePlace, Loaded } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { unreadable } from './failure.ts'
import { HEAD } from './projections.ts'
import type { SkipUnreadable } from './skip-unreadable.ts'
import { isOurs, storedIn } from './document.ts'
import { basisOf } from './encode.ts'

const WHOLE = { _id: 0 } as const

/** Reads sagas, including those that Flow Manager wrote. */
export class MongoReader {
  readonly #connection: MongoConnection
  readonly #many: SkipUnreadable

  constructor(connection: MongoConnection, many: SkipUnreadable) {
    this.#connection = connection
    this.#many = many
  }

  async head(id: SagaId): Promise<Loaded | undefined> {
    const head = await this.#one({ sagaId: id }, HEAD)
    if (head === undefined || isOurs(head)) return head && loaded(this.#read(head))
    // The length of Flow Manager's documents is known by their lists only.
    const whole = await this.#one({ sagaId: id }, WHOLE)
    return whole && loaded(this.#read(whole))
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const filter = { sagaId: id, 'history.events': { $elemMatch: { id: event, event: label } } }
    return (await this.#one(filter, { _id: 1 })) !== undefined
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const whole = await this.#one({ sagaId: id }, WHOLE)
    return whole && shownOf(this.#read(whole))
  }

  /** Due sagas, earliest first. Unreadable ones are skipped and not counted. */
  async due(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]> {
    const found: Loaded[] = []
    const between = { $lte: now, ...(after !== undefined && { $gte: after.due }) }
    for (let skip = 0, isAll = false; ;) {
      const left: readonly Loaded[] | undefined = afterDuePlace(found, after, { of: ({ saga }) => saga, isAll })
      if (left !== undefined && (isAll || left.length >= limit)) return left.slice(0, limit)
      const asked: number = limit - (left?.length ?? 0)
      const heads = await this.#duePage(between, skip, asked)
      const read = await Promise.all(heads.map((head) => this.#lenient(head)))
      found.push(...read.filter((one) => one !== undefined).map(loaded))
      isAll = heads.length < asked
      skip += heads.length
    }
  }

  #duePage(between: Document, skip: number, limit: number): Promise<Document[]> {
    const { sagas, durable } = this.#connection
    const options: FindOptions = { projection: HEAD, sort: { 'history.due': 1 }, skip, limit, ...durable.many() }
    return sagas.find({ 'history.due': between }, options).toArray()
  }

  async #lenient(head: Document): Promise<StoredDocument | undefined> {
    const whole = isOurs(head) ? head : await this.#one({ sagaId: head['sagaId'] }, WHOLE)
    return whole && this.#many.read(whole)
  }

  async #one(filter: Filter<Document>, projection: Document): Promise<Document | undefined> {
    const { sagas, durable } = this.#connection
    return (await sagas.findOne(filter, { projection, ...durable.one() })) ?? undefined
  }

  /** A document that is not a saga is an error that its reader must see. */
  #read(document: Document): StoredDocument {
    const stored = storedIn(document)
    if (stored === undefined) throw unreadable(document['sagaId'], this.#connection.place)
    return stored
  }
}

function loaded(stored: StoredDocument): Loaded {
  const saga = headOf(stored)
  return { saga, basis: basisOf({ writeId: stored.history.writeId, length: saga.length }) }
}
