import type { SagaId, WriteId } from '../../../src/engine/saga.ts'
import { unreadableSaga } from '../../../src/errors.ts'
import type { BatutaError } from '../../../src/errors.ts'
import type { PassOver, Unreadable } from '../../../src/ports/persistency.ts'
import { decode } from './document.ts'
import type { CrudDocument } from './document.ts'
import type { CrudRequest, CrudClient } from './connect.ts'
import { listIn, unusable } from './failure.ts'

/** Most documents of one answer: the service refuses more, and answers 25 by default. */
export const PAGE = 200
/** Bytes of an answer with many documents; larger ones are read in smaller parts. */
const KEEP_MANY = 16 * 1024 * 1024
/** Milliseconds for which a probe reports sagas that exist twice. */
const REMEMBERED = 10_000

type Query = Readonly<Record<string, string | number>>

/** Reads of the collection. */
export class CrudReader {
  readonly #client: CrudClient
  readonly #passOver: PassOver
  #several: { readonly why: string; readonly until: number } | undefined

  constructor(client: CrudClient, passOver: PassOver = () => undefined) {
    this.#client = client
    this.#passOver = passOver
  }

  async one(id: SagaId, until?: number): Promise<CrudDocument | undefined> {
    if (!this.isAddressable(id)) return undefined
    const action = `read the saga ${JSON.stringify(id)}`
    const found = listIn(await this.#client.json({ action, method: 'GET', query: { sagaId: id }, until }), action)
    if (found.length === 0) return undefined
    if (found.length > 1) throw this.#noteSeveral(action)
    const kept = decode(found[0])
    if (kept.ok) return kept.value
    throw unreadableSaga('crud', id, this.damaged(found[0], kept.why).why)
  }

  /** Reports a document that is not a saga; one without an id is counted among those without. */
  damaged(value: unknown, flaw: string): Unreadable {
    const { sagaId } = (value ?? {}) as { sagaId?: unknown }
    const id = typeof sagaId === 'string' ? sagaId : 'without an id'
    const why = `${DAMAGED}: ${flaw}`
    this.#passOver(id, why)
    return { id, why }
  }

  #noteSeveral(action: string): BatutaError {
    const error = unusable(
      action,
      'expected one saga, found several: the collection lacks its unique index on "sagaId"',
    )
    this.#several = { why: error.message, until: performance.now() + REMEMBERED }
    return error
  }

  /** Errors of reads of sagas that exist more than once, for REMEMBERED ms. */
  get several(): string | undefined {
    return this.#several !== undefined && performance.now() < this.#several.until ? this.#several.why : undefined
  }

  /** True where this id fits into an address: those are bounded, and halves of surrogate pairs have no bytes. */
  isAddressable(id: SagaId): boolean {
    return id.isWellFormed() && this.#client.pathOf({ query: { sagaId: id } }).length <= this.#client.room - CONDITION
  }

  /** Newest write ids of these sagas, in as many requests as their addresses need. */
  async writers(ids: readonly SagaId[], until: number): Promise<Map<SagaId, WriteId | undefined>> {
    const chunks = chunksOf(
      [...new Set(ids)],
      (chunk) => this.#client.pathOf({ query: anyOf(chunk) }).length <= this.#client.room,
    )
    const action = 'read who wrote last'
    const pages = chunks.map(async (chunk) => {
      return listIn(await this.#client.json({ action, method: 'GET', query: anyOf(chunk), until }), action)
    })
    const found = (await Promise.all(pages)).flat() as { sagaId: SagaId; history?: { writeId?: WriteId } | null }[]
    return new Map(found.map(({ sagaId, history }) => [sagaId, history?.writeId]))
  }

  /** At most `limit` documents; fewer where they are too large for one answer. */
  async some(action: string, query: Query, limit: number): Promise<{ found: unknown[]; isLast: boolean }> {
    for (let size = limit; ; size = Math.ceil(size / 4)) {
      const more = size === 1 ? {} : { keep: KEEP_MANY }
      const request: CrudRequest = { action, method: 'GET', query: { ...query, _l: size }, ...more }
      try {
        const found = listIn(await this.#client.json(request), action)
        return { found, isLast: found.length < size }
      } catch (thrown) {
        if (size === 1 || (thrown as BatutaError).code !== 'store-unusable') throw thrown
      }
    }
  }
}

const DAMAGED = 'its document in the collection is not a saga (C5)'
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
