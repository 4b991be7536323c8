import { businessIdForms, isSameBusinessId } from '../../../src/codec/document-form.ts'
import { isEnteredBefore } from '../../../src/codec/mark-filter.ts'
import { LISTED_MARKS, withoutPayloads } from '../../../src/codec/listed-fields.ts'
import { markQuery } from '../../../src/codec/mark-query.ts'
import { headOf } from '../../../src/codec/stored-document.ts'
import type { Instant, Saga } from '../../../src/engine/saga.ts'
import type { Cursor, ListQuery, Page, Unreadable } from '../../../src/ports/persistency.ts'
import { decode, hasExactBusiness } from './document.ts'
import type { CrudDocument } from './document.ts'
import type { CrudReader } from './read.ts'
import { PAGE } from './read.ts'

/** Fields of a listed head; payloads of commands, dead letters and parked events are not read. */
const HEAD = [
  'sagaId,associatedEntityId,currentState,latestEvent,isFinal,businessStateId,businessStateDescription',
  'history.states,history.events.event,history.business,history.writeId,history.length,history.created,history.updated,history.due',
  ...LISTED_MARKS,
].join()

/**
 * Pages of sagas, newest creation first. Our documents have the instant as a number, which an index serves; Flow Manager's have
 * the time of their first state, so they are queried separately and merged. Those of its versions 1.x may have no history.
 */
export class CrudList {
  readonly #reader: CrudReader

  constructor(reader: CrudReader) {
    this.#reader = reader
  }

  async page(query: ListQuery): Promise<Page> {
    const unreadable: Unreadable[] = []
    const streams = await Promise.all([OURS, THEIRS].map((stream) => this.#read(stream, query, unreadable)))
    const dated = streams.flat().toSorted(newestFirst)
    // Those without an instant come last.
    const found = dated.length > query.limit ? dated : [...dated, ...(await this.#read(UNDATED, query, unreadable))]
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
        if (!kept.ok) {
          unreadable.push(this.#reader.damaged(value, kept.why))
          continue
        }
        const saga = headOf(kept.value.document)
        newest = saga.createdAt
        if (agrees(saga, query) && hasBusiness(kept.value, query)) found.push(saga)
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

/** Documents without a history: their creation counts as 1970. */
const UNDATED: CreationStream = {
  order: 'sagaId',
  conditions: ({ after }) => [
    { 'history.created': null },
    { [FIRST_STATE]: null },
    ...(after?.createdAt === 0 ? [{ sagaId: { $gt: after.id } }] : []),
  ],
  isSettled: (found, limit) => found.length > limit,
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
function conditionsOf(query: ListQuery): CrudCondition[] {
  const { currentState, businessStateId, isFinal, associatedEntityId } = query
  const conditions: CrudCondition[] = markQuery(query)
  if (currentState !== undefined) conditions.push({ currentState })
  if (isFinal !== undefined) conditions.push({ isFinal: isFinal ? true : { $ne: true } })
  if (associatedEntityId === '') conditions.push({ $or: [{ associatedEntityId }, { associatedEntityId: null }] })
  else if (associatedEntityId !== undefined) conditions.push({ associatedEntityId })
  if (businessStateId !== undefined) conditions.push(ofBusiness(businessStateId))
  return conditions
}

/**
 * Ours have the id in the history as the machine has it, Flow Manager's in the field or in the history, of any type. The field
 * counts beside `history.business` too: Flow Manager may move a saga on and keep our fields.
 */
function ofBusiness(asked: string | number): CrudCondition {
  const is = { $in: businessIdForms(asked) }
  const theirs = { $and: [{ 'history.business': null }, { 'history.states.businessStateId': is }] }
  return { $or: [{ 'history.business': is }, { businessStateId: is }, theirs] }
}

function agrees(saga: Saga, { since, until, after, enteredBefore = Infinity }: ListQuery): boolean {
  const { id, createdAt } = saga
  if (!isEnteredBefore(saga, enteredBefore)) return false
  if (since !== undefined && createdAt < since) return false
  if (until !== undefined && createdAt >= until) return false
  return after === undefined || newestFirst({ id, createdAt }, after) > 0
}

function hasBusiness(kept: CrudDocument, { businessStateId: asked }: ListQuery): boolean {
  const id = kept.document.businessStateId ?? undefined
  return asked === undefined || isSameBusinessId(id, asked, hasExactBusiness(kept))
}

/** Of each event only the label was read. */
function listed(value: unknown): unknown {
  return { ...withoutPayloads(value as object), metadata: {} }
}

function newestFirst(one: Cursor, other: Cursor): number {
  if (one.createdAt !== other.createdAt) return other.createdAt - one.createdAt
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1
}
