import { headOf } from '../../../src/codec/stored-document.ts'
import type { Instant, Saga } from '../../../src/engine/saga.ts'
import type { Cursor, ListQuery, Page, Unreadable } from '../../../src/ports/persistency.ts'
import { decode } from './document.ts'
import type { CrudReader } from './read.ts'
import { PAGE } from './read.ts'

/** What of a document a head needs that nobody asks for its payloads: owed commands, dead letters and parked events stay. */
const HEAD = [
  'sagaId,associatedEntityId,currentState,latestEvent,isFinal,businessStateId,businessStateDescription',
  'history.states,history.writeId,history.length,history.created,history.updated,history.due,history.timer',
].join()

/**
 * Sagas in the order of their creation. Ours have it as a number, which an index can serve; the reference's have it as the
 * time of their first state, so these are looked for apart and the two streams merged.
 */
export class CrudList {
  readonly #reader: CrudReader

  constructor(reader: CrudReader) {
    this.#reader = reader
  }

  async page(query: ListQuery): Promise<Page> {
    const unreadable: Unreadable[] = []
    const streams = await Promise.all([OURS, THEIRS].map((stream) => this.#read(stream, query, unreadable)))
    const found = streams.flat().toSorted(newestFirst)
    const items = found.slice(0, query.limit)
    const last = found.length > query.limit ? items.at(-1) : undefined
    return { items, unreadable, next: last && { createdAt: last.createdAt, id: last.id } }
  }

  /** One more than a page, if there are so many, and no other can come before them. */
  async #read(stream: CreationStream, query: ListQuery, unreadable: Unreadable[]): Promise<Saga[]> {
    const _q = JSON.stringify({ $and: [...stream.conditions(query), ...conditionsOf(query)] })
    const found: Saga[] = []
    for (let skip = 0, newest = Infinity; ;) {
      const asked = { _q, _s: stream.order, _p: HEAD, _sk: skip }
      const part = await this.#reader.some('list sagas', asked, Math.min(PAGE, query.limit + 1))
      skip += part.found.length
      for (const value of part.found) {
        const kept = decode(listed(value))
        if (kept === undefined) {
          unreadable.push(this.#reader.damaged(value))
          continue
        }
        const saga = headOf(kept.document)
        newest = saga.createdAt
        if (agrees(saga, query)) found.push(saga)
      }
      if (part.isLast || stream.isSettled(found, query.limit, newest)) return found
    }
  }
}

type CrudCondition = Readonly<Record<string, unknown>>

interface CreationStream {
  readonly order: string
  conditions(query: ListQuery): CrudCondition[]
  /** Whether what comes after the last one that was read, created then, is no part of this page any more. */
  isSettled(found: readonly Saga[], limit: number, last: Instant): boolean
}

const OURS: CreationStream = {
  order: '-history.created,sagaId',
  conditions: ({ since = -Number.MAX_VALUE, until, after }) => [
    { 'history.created': { $gte: since, ...(until !== undefined && { $lt: until }) } },
    ...(after === undefined ? [] : [behind(after)]),
  ],
  isSettled: (found, limit) => found.length > limit,
}

const FIRST_STATE = 'history.states.0.timestamp'
const SECOND = 1_000
/**
 * Their instants are texts, with or without milliseconds, and then `…00Z` is neither `…00.000Z` nor in its place among others
 * of its second. So a second more is asked for at each end and read to its end, and the instants decide.
 */
const THEIRS: CreationStream = {
  order: `-${FIRST_STATE},sagaId`,
  conditions: ({ since, until, after }) => {
    const latest = Math.min(until ?? Infinity, after?.createdAt ?? Infinity)
    const most = latest === Infinity ? {} : { $lte: iso(latest + SECOND) }
    return [
      { 'history.created': null },
      { [FIRST_STATE]: { $gte: since === undefined ? '' : iso(since - SECOND), ...most } },
    ]
  },
  isSettled: (found, limit, last) => {
    const next = found.toSorted(newestFirst)[limit]
    return next !== undefined && secondOf(next.createdAt) > secondOf(last)
  },
}

function behind({ createdAt, id }: Cursor): CrudCondition {
  const same = { $and: [{ 'history.created': createdAt }, { sagaId: { $gt: id } }] }
  return { $or: [{ 'history.created': { $lt: createdAt } }, same] }
}

function secondOf(at: Instant): number {
  return Math.floor(at / SECOND)
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}

/** Never too few; `agrees` has the last word where a field may say another thing than the history. */
function conditionsOf({ currentState, businessStateId, isFinal, associatedEntityId }: ListQuery): CrudCondition[] {
  const conditions: CrudCondition[] = []
  if (currentState !== undefined) conditions.push({ currentState })
  if (isFinal !== undefined) conditions.push({ isFinal: isFinal ? true : { $ne: true } })
  if (associatedEntityId === '') conditions.push({ $or: [{ associatedEntityId }, { associatedEntityId: null }] })
  else if (associatedEntityId !== undefined) conditions.push({ associatedEntityId })
  if (businessStateId !== undefined) {
    const passed = [{ 'history.business': null }, { 'history.states.businessStateId': businessStateId }]
    conditions.push({ $or: [{ 'history.business': businessStateId }, { $and: passed }] })
  }
  return conditions
}

function agrees(saga: Saga, { since, until, after, businessStateId }: ListQuery): boolean {
  const { id, createdAt, business } = saga
  if (since !== undefined && createdAt < since) return false
  if (until !== undefined && createdAt >= until) return false
  if (after !== undefined && newestFirst({ id, createdAt }, after) <= 0) return false
  return businessStateId === undefined || business?.id === businessStateId
}

/** The events were not asked for: as many of them as there were, so that a document of ours is still known as one. */
function listed(value: unknown): unknown {
  const { history } = value as { history?: { length?: number; states?: unknown[] } }
  const length = history?.length ?? history?.states?.length ?? 0
  return { ...(value as object), metadata: {}, history: { ...history, events: Array.from({ length }, () => ({})) } }
}

function newestFirst(one: Cursor, other: Cursor): number {
  if (one.createdAt !== other.createdAt) return other.createdAt - one.createdAt
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1
}
