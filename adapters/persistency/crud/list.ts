import { headOf } from '../../../src/codec/stored-document.ts'
import type { Instant, Saga } from '../../../src/engine/saga.ts'
import type { Cursor, ListQuery, Page, Unreadable } from '../../../src/ports/persistency.ts'
import { decode } from './document.ts'
import type { CrudReader } from './read.ts'
import { PAGE } from './read.ts'

/** Fields of a listed head; payloads of commands, dead letters and parked events are not read. */
const HEAD = [
  'sagaId,associatedEntityId,currentState,latestEvent,isFinal,businessStateId,businessStateDescription',
  'history.states,history.writeId,history.length,history.created,history.updated,history.due,history.timer',
].join()

/**
 * Pages of sagas, newest creation first. Our documents have the instant as a number, which an index serves; Flow Manager's have
 * the time of their first state, so they are queried separately and merged.
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

  /** Sagas of one stream, one more than a page where there are so many, until no later one can precede them. */
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
  /** True where nothing after the last read saga, created at `last`, belongs on this page. */
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
 * Their instants are texts with or without milliseconds, so `…00Z` and `…00.000Z` of one second do not sort by time. A second
 * more is read at each end, and the parsed instants decide.
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

/** Conditions that exclude no match; `agrees` decides where a field may differ from the history. */
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

/** The events were not read: as many empty ones stand in, so that a document of ours is recognized. */
function listed(value: unknown): unknown {
  const { history } = value as { history?: { length?: number; states?: unknown[] } }
  const length = history?.length ?? history?.states?.length ?? 0
  return { ...(value as object), metadata: {}, history: { ...history, events: Array.from({ length }, () => ({})) } }
}

function newestFirst(one: Cursor, other: Cursor): number {
  if (one.createdAt !== other.createdAt) return other.createdAt - one.createdAt
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1
}
