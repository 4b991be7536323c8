import type { Document, Filter, FindOptions } from 'mongodb'
import type { SagaDocument } from '../../../src/codec/document.ts'
import { headOf, readStored, shownOf } from '../../../src/codec/stored.ts'
import type { StoredDocument } from '../../../src/codec/stored.ts'
import type { EventId, Instant, SagaId } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Loaded } from '../../../src/ports/persistency.ts'
import type { Connection } from './connect.ts'
import { HEAD } from './fields.ts'
import { plain } from './values.ts'
import { basisOf } from './write.ts'

const WHOLE = { _id: 0 } as const

/** Reads sagas, those that the reference wrote included. */
export class Reader {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async head(id: SagaId): Promise<Loaded | undefined> {
    const head = await this.#one({ sagaId: id }, HEAD)
    if (head === undefined || isOurs(head)) return head && loaded(this.#read(head))
    // What the reference wrote says how long it is only by its lists.
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

  async due(now: Instant, limit: number): Promise<Loaded[]> {
    const { sagas, durable } = this.#connection
    const options: FindOptions = { projection: HEAD, sort: { 'history.due': 1 }, limit, ...durable.many() }
    const found = await sagas.find({ 'history.due': { $lte: now } }, options).toArray()
    const heads = found.map(async (head) =>
      isOurs(head) ? loaded(this.#read(head)) : this.head(head['sagaId'] as string),
    )
    return (await Promise.all(heads)).filter((head) => head !== undefined)
  }

  async #one(filter: Filter<Document>, projection: Document): Promise<Document | undefined> {
    const { sagas, durable } = this.#connection
    return (await sagas.findOne(filter, { projection, ...durable.one() })) ?? undefined
  }

  #read(document: Document): StoredDocument {
    return readSaga(document, this.#connection)
  }
}

/** A document that is no saga is somebody's mistake, which must be seen. */
export function readSaga(document: Document, { place }: Connection): StoredDocument {
  const { sagaId } = document as { sagaId: string }
  const stored = readStored(plain(document), sagaId)
  if (stored !== undefined) return isOurs(document) ? stored : counted(stored)
  const what = `read saga ${JSON.stringify(sagaId)} of the store "mongo" (${place.shown})`
  throw new BatutaError('store-unusable', `${what}: found a document that is not a saga`)
}

/** Whether its newest event is of a write of ours. The reference may move a saga on and keep our words beside its own. */
export function isOurs({ history }: Document): boolean {
  const { writeId, events } = (history ?? {}) as { writeId?: unknown; events?: { writeId?: unknown }[] | null }
  if (typeof writeId !== 'string') return false
  const newest = events?.at(-1)
  return newest === undefined || typeof newest.writeId === 'string'
}

/** Of a document that the reference wrote last, its lists are right and not our words about them. */
function counted({ history, ...stored }: StoredDocument): StoredDocument {
  const { events, states } = history
  const isForeign = events.length > 0 && events.at(-1)?.writeId === undefined
  const updated = isForeign ? undefined : history.updated
  return { ...stored, history: { ...history, states, events, length: events.length, updated } }
}

function loaded(stored: StoredDocument): Loaded {
  const saga = headOf(stored)
  return { saga, basis: basisOf({ writeId: stored.history.writeId, length: saga.length }) }
}
