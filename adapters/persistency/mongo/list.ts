import type { Document, Filter, FindOptions } from 'mongodb'
import { businessIdForms, isSameBusinessId, newestBusinessIdIn } from '../../../src/codec/document-form.ts'
import { isEnteredBefore } from '../../../src/codec/mark-filter.ts'
import { withoutPayloads } from '../../../src/codec/listed-fields.ts'
import { markQuery } from '../../../src/codec/mark-query.ts'
import { headOf } from '../../../src/codec/stored-document.ts'
import type { Instant, Saga } from '../../../src/engine/saga.ts'
import type { Cursor, ListQuery, Page, Unreadable } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { ITEM } from './projections.ts'
import type { SkipUnreadable } from './skip-unreadable.ts'
import { isOurs } from './document.ts'

const CREATED = 'history.created'
/**
 * Pages of sagas, newest creation first, then id. Documents that only Flow Manager wrote have no instant to sort by: they come
 * last, by id, until we move them. A cursor among them has an instant before 1970.
 */
export class MongoList {
  readonly #connection: MongoConnection
  readonly #many: SkipUnreadable

  constructor(connection: MongoConnection, many: SkipUnreadable) {
    this.#connection = connection
    this.#many = many
  }

  /** An unreadable saga is reported and not counted among the items. */
  async page(query: ListQuery): Promise<Page> {
    const items: Saga[] = []
    const unreadable: Unreadable[] = []
    for (let { after } = query; ;) {
      const wanted = query.limit - items.length
      const found = await this.#find({ ...query, after }, wanted + 1)
      const shown = found.slice(0, wanted)
      items.push(...(await this.#items(shown, query, unreadable)))
      const last = found.length > wanted ? shown.at(-1) : undefined
      after = last && cursorOf(last)
      const isFull = items.length === query.limit || unreadable.length >= query.limit
      if (after === undefined || isFull) return { items, unreadable, next: after }
    }
  }

  #find(query: ListQuery, limit: number): Promise<Document[]> {
    const { sagas, durable } = this.#connection
    const options: FindOptions = { projection: ITEM, sort: { [CREATED]: -1, sagaId: 1 }, limit, ...durable.many() }
    return sagas.find({ $and: conditionsOf(query) }, options).toArray()
  }

  /**
   * Creation, last write and length of Flow Manager's documents are known by their lists only, so these are read whole.
   */
  async #items(
    found: readonly Document[],
    { businessStateId: asked, enteredBefore = Infinity }: ListQuery,
    unreadable: Unreadable[],
  ): Promise<Saga[]> {
    const { sagas, durable } = this.#connection
    const foreign = found.filter((one) => !isOurs(one)).map(({ sagaId }) => sagaId as string)
    const options = { projection: { _id: 0, metadata: 0 }, ...durable.many() }
    const whole = foreign.length === 0 ? [] : await sagas.find({ sagaId: { $in: foreign } }, options).toArray()
    const byId = new Map(whole.map((one) => [one['sagaId'] as string, one]))
    return found.flatMap((one) => {
      const id = one['sagaId'] as string
      const stored = this.#many.read(byId.get(id) ?? withoutPayloads(one))
      if (stored.ok) {
        const saga = headOf(stored.value)
        if (!isEnteredBefore(saga, enteredBefore)) return []
        // Without the id in the newest entry it is the field's, whose type is the collection's.
        const isExact = isOurs(one) && newestBusinessIdIn(one) !== undefined
        return asked === undefined || isSameBusinessId(saga.business?.id, asked, isExact) ? [saga] : []
      }
      unreadable.push({ id, why: stored.why })
      return []
    })
  }
}

function cursorOf({ sagaId, history }: Document): Cursor {
  const created = (history as Document | undefined)?.['created'] as Instant | undefined
  return { createdAt: created ?? -1, id: sagaId as string }
}

/** The filters as conditions; with a cursor, those of the sagas behind it. */
export function conditionsOf(query: Omit<ListQuery, 'limit'>): Filter<Document>[] {
  // A cursor can name text ids only.
  const conditions: Filter<Document>[] = [{ sagaId: { $gte: '' } }]
  const { currentState, businessStateId, isFinal, associatedEntityId, since, until, after } = query
  if (currentState !== undefined) conditions.push({ currentState })
  if (businessStateId !== undefined) conditions.push({ businessStateId: { $in: businessIdForms(businessStateId) } })
  // An absent one reads as false.
  if (isFinal !== undefined) conditions.push({ isFinal: isFinal ? true : { $ne: true } })
  // An absent entity reads as empty (C5).
  if (associatedEntityId === '') conditions.push({ associatedEntityId: { $in: ['', null] } })
  else if (associatedEntityId !== undefined) conditions.push({ associatedEntityId })
  if (since !== undefined) conditions.push(created('$gte', since))
  if (until !== undefined) conditions.push(created('$lt', until))
  if (after !== undefined) conditions.push(behind(after))
  conditions.push(...markQuery(query))
  return conditions
}

/** Documents without our instant compare by their first state. */
function created(compare: '$gte' | '$lt', at: Instant): Filter<Document> {
  const first = { [CREATED]: null, 'history.states.0.timestamp': { [compare]: new Date(at).toISOString() } }
  return { $or: [{ [CREATED]: { [compare]: at } }, first] }
}

function behind({ createdAt, id }: Cursor): Filter<Document> {
  if (createdAt < 0) return { [CREATED]: null, sagaId: { $gt: id } }
  return {
    $or: [{ [CREATED]: { $lt: createdAt } }, { [CREATED]: createdAt, sagaId: { $gt: id } }, { [CREATED]: null }],
  }
}
