import type { Document, Filter } from 'mongodb'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { headOf, shownOf } from '../../../src/codec/stored-document.ts'
import type { EventId, SagaId } from '../../../src/engine/saga.ts'
import type { Loaded } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { unreadable } from './failure.ts'
import { HEAD } from './projections.ts'
import { isOurs, storedIn } from './document.ts'
import type { MongoDocument } from './document.ts'
import { basisOf } from './encode.ts'

const WHOLE = { _id: 0 } as const

/** Reads sagas, including those that Flow Manager wrote. */
export class MongoReader {
  readonly #connection: MongoConnection

  constructor(connection: MongoConnection) {
    this.#connection = connection
  }

  async head(id: SagaId): Promise<Loaded | undefined> {
    const head = await this.#one({ sagaId: id }, HEAD)
    if (head === undefined || isOurs(head)) return head && loaded(this.#read(head))
    // The length of Flow Manager's documents is known by their lists only.
    const whole = await this.whole(id)
    return whole && loaded(this.#read(whole))
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const filter = { sagaId: id, 'history.events': { $elemMatch: { id: event, event: label } } }
    return (await this.#one(filter, { _id: 1 })) !== undefined
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const whole = await this.whole(id)
    return whole && shownOf(this.#read(whole))
  }

  /** The whole document of a saga, as the server has it. */
  whole(id: unknown): Promise<Document | undefined> {
    return this.#one({ sagaId: id }, WHOLE)
  }

  async #one(filter: Filter<Document>, projection: Document): Promise<Document | undefined> {
    const { sagas, durable } = this.#connection
    return (await sagas.findOne(filter, { projection, ...durable.one() })) ?? undefined
  }

  /** A document that is not a saga is an error that its reader must see. */
  #read(document: Document): MongoDocument {
    const stored = storedIn(document)
    if (!stored.ok) throw unreadable(document['sagaId'], stored.why, this.#connection.place)
    return stored.value
  }
}

/** The head of a document and its basis. */
export function loaded(stored: MongoDocument): Loaded {
  const saga = headOf(stored)
  const { history, form, hasNulls } = stored
  const whole = hasNulls === true ? history : undefined
  return { saga, basis: basisOf({ writeId: history.writeId, length: saga.length, form, whole }) }
}
