import type { Instant, SagaId, WriteId } from '../../../src/engine/saga.ts'
import { BatutaError, unreadableSaga } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import { afterDuePlace } from '../../../src/codec/after-due-place.ts'
import type { DueSaga } from '../../../src/codec/after-due-place.ts'
import type { DuePlace, PassOver, Unreadable } from '../../../src/ports/persistency.ts'
import { decode } from './document.ts'
import type { CrudDocument } from './document.ts'
import type { CrudRequest, CrudClient } from './connect.ts'

/** Most documents of one answer: the service refuses more, and answers 25 by default. */
export const PAGE = 200
/** Bytes of an answer with many documents; larger ones are read in smaller parts. */
const KEEP_MANY = 16 * 1024 * 1024
/** Milliseconds for which a probe reports sagas that exist twice. */
const REMEMBERED = 10_000

type Query = Readonly<Record<string, string | number>>

/** Reads of the collection. */
export class CrudReader {
  readonly #wire: CrudClient
  readonly #passOver: PassOver
  #twofold: { readonly why: string; readonly until: number } | undefined

  constructor(wire: CrudClient, passOver: PassOver = () => undefined) {
    this.#wire = wire
    this.#passOver = passOver
  }

  async one(id: SagaId, until?: number): Promise<CrudDocument | undefined> {
    if (!this.isAddressable(id)) return undefined
    const action = `read the saga ${JSON.stringify(id)}`
    const found = listIn(await this.#wire.json({ action, method: 'GET', query: { sagaId: id }, until }), action)
    if (found.length === 0) return undefined
    if (found.length > 1) throw this.#several(action)
    const kept = decode(found[0])
    if (kept !== undefined) return kept
    this.#passOver(id, DAMAGED)
    throw unreadableSaga('crud', id, DAMAGED)
  }

  /** Reports a document that is not a saga; one without an id is counted among those without. */
  damaged(value: unknown): Unreadable {
    const { sagaId } = (value ?? {}) as { sagaId?: unknown }
    const id = typeof sagaId === 'string' ? sagaId : 'without an id'
    this.#passOver(id, DAMAGED)
    return { id, why: DAMAGED }
  }

  #several(action: string): BatutaError {
    const error = unusable(action, 'there are several: the collection lacks its unique index on "sagaId"')
    this.#twofold = { why: error.message, until: performance.now() + REMEMBERED }
    return error
  }

  /** True where this id fits into an address: those are bounded, and halves of surrogate pairs have no bytes. */
  isAddressable(id: SagaId): boolean {
    return id.isWellFormed() && this.#wire.pathOf({ query: { sagaId: id } }).length <= this.#wire.room - CONDITION
  }

  /** Newest write ids of these sagas, in as many requests as their addresses need. */
  async writers(ids: readonly SagaId[], until: number): Promise<Map<SagaId, WriteId | undefined>> {
    const chunks = chunksOf(
      [...new Set(ids)],
      (chunk) => this.#wire.pathOf({ query: anyOf(chunk) }).length <= this.#wire.room,
    )
    const action = 'read who wrote last'
    const pages = chunks.map(async (chunk) => {
      return listIn(await this.#wire.json({ action, method: 'GET', query: anyOf(chunk), until }), action)
    })
    const found = (await Promise.all(pages)).flat() as { sagaId: SagaId; history?: { writeId?: WriteId } | null }[]
    return new Map(found.map(({ sagaId, history }) => [sagaId, history?.writeId]))
  }

  /** Due sagas, earliest first, whole (P17). */
  async due(now: Instant, limit: number, after?: DuePlace): Promise<readonly CrudDocument[]> {
    const found = new Map<SagaId, CrudDocument>()
    const between = { $lte: now, ...(after !== undefined && { $gte: after.due }) }
    const query = { _q: JSON.stringify({ 'history.due': between }), _s: 'history.due' }
    for (let skip = 0, isAll = false; ;) {
      const left = afterDuePlace([...found.values()], after, { of: dated, isAll })
      if (left !== undefined && (isAll || left.length >= limit)) return left.slice(0, limit)
      const asked = Math.min(PAGE, limit - (left?.length ?? 0))
      const part = await this.some('find what is due', { ...query, _sk: skip }, asked)
      // A document that is not a saga is skipped and not counted: its debts are unknown.
      for (const value of part.found) {
        const kept = decode(value)
        if (kept === undefined) this.damaged(value)
        else found.set(kept.document.sagaId, kept)
      }
      skip += part.found.length
      isAll = part.isLast
    }
  }

  /** At most `limit` documents; fewer where they are too large for one answer. */
  async some(action: string, query: Query, limit: number): Promise<{ found: unknown[]; isLast: boolean }> {
    for (let size = limit; ; size = Math.ceil(size / 4)) {
      const more = size === 1 ? {} : { keep: KEEP_MANY }
      const request: CrudRequest = { action, method: 'GET', query: { ...query, _l: size }, ...more }
      try {
        const found = listIn(await this.#wire.json(request), action)
        return { found, isLast: found.length < size }
      } catch (thrown) {
        if (size === 1 || (thrown as BatutaError).code !== 'store-unusable') throw thrown
      }
    }
  }

  /**
   * One document of any saga, and a write that meets none: the service refuses the query where a field is missing, and the
   * write to those who may only read. The indexes it does not tell; what was found out about them is.
   */
  async probe(): Promise<Health> {
    const { why, until } = this.#twofold ?? { why: '', until: 0 }
    if (performance.now() < until) return { ok: false, why }
    const query = {
      _q: JSON.stringify({ $or: FIELDS.map((name) => ({ [name]: { $exists: true } })) }),
      _l: 1,
      _p: 'sagaId',
    }
    const request: CrudRequest = { action: 'look for sagas', method: 'GET', query }
    try {
      const { date, value } = await this.#wire.read(request)
      listIn(value, request.action)
      if ((await this.#wire.json(NOTHING)) !== 0) throw unlike(NOTHING.action, 'is not 0')
      // To the second, rounded down: half a second is the best guess.
      return { ok: true, ...(date !== undefined && { time: date + 500 }) }
    } catch (thrown) {
      return { ok: false, why: (thrown as BatutaError).message }
    }
  }
}

function dated({ document: { sagaId, history } }: CrudDocument): DueSaga {
  return { id: sagaId, due: history.due }
}

const DAMAGED = 'what the collection has under its id is no saga (C5)'
/** Every field that the store writes (C5). */
const FIELDS = [
  'sagaId',
  'associatedEntityId',
  'currentState',
  'latestEvent',
  'isFinal',
  'businessStateId',
  'businessStateDescription',
  'metadata',
  'history',
]
/** A write that matches no saga. */
const NOTHING: CrudRequest = {
  action: 'write nothing',
  method: 'PATCH',
  query: { sagaId: 'batuta-probe', _q: JSON.stringify({ 'history.writeId': 'batuta-probe' }) },
  body: '{"$set":{"isFinal":false}}',
}
/** Bytes of an address reserved for the condition of a write. */
const CONDITION = 500

function anyOf(ids: readonly SagaId[]): Query {
  return { _q: JSON.stringify({ sagaId: { $in: ids } }), _p: 'sagaId,history.writeId', _l: PAGE }
}

/** Splits ids into parts of at most a page that satisfy `fits`; a single id always does. */
function chunksOf(ids: readonly SagaId[], fits: (chunk: readonly SagaId[]) => boolean): SagaId[][] {
  if (ids.length <= 1 || (ids.length <= PAGE && fits(ids))) return ids.length === 0 ? [] : [[...ids]]
  const half = ids.length >> 1
  return [...chunksOf(ids.slice(0, half), fits), ...chunksOf(ids.slice(half), fits)]
}

/** A gateway's own answer may be JSON too. Then the store is down, whatever was asked (P20). */
function listIn(value: unknown, action: string): unknown[] {
  if (!Array.isArray(value)) throw unlike(action, 'is no array')
  return value
}

function unlike(action: string, what: string): BatutaError {
  return new BatutaError(
    'store-unavailable',
    `${action} in the store "crud": the answer ${what}: is it the CRUD Service?`,
  )
}

function unusable(action: string, what: string): BatutaError {
  return new BatutaError('store-unusable', `${action} in the store "crud": ${what}`)
}
