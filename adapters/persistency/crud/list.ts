import { headOf } from '../../../src/codec/stored.ts'
import type { Instant, Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page } from '../../../src/ports/persistency.ts'
import { decode } from './document.ts'
import type { Reader } from './reader.ts'
import { PAGE } from './reader.ts'

/** What of a document a head needs that nobody asks for its payloads: owed commands, dead letters and parked events stay. */
const HEAD = [
  'sagaId,associatedEntityId,currentState,latestEvent,isFinal,businessStateId,businessStateDescription',
  'history.states,history.writeId,history.length,history.created,history.updated,history.due,history.timer',
].join()

/**
 * Sagas in the order of their creation. Ours have it as a number, which an index can serve; the reference's have it as the
 * time of their first state, so these are looked for apart and the two streams merged.
 */
export class List {
  readonly #reader: Reader

  constructor(reader: Reader) {
    this.#reader = reader
  }

  async page(query: ListQuery): Promise<Page> {
    const streams = await Promise.all([OURS, THEIRS].map((stream) => this.#read(stream, query)))
    const found = streams.flat().toSorted(newestFirst)
    const items = found.slice(0, query.limit)
    const last = found.length > query.limit ? items.at(-1) : undefined
    return { items, next: last && { createdAt: last.createdAt, id: last.id } }
  }

  /** One more than a page, if there are so many. */
  async #read(stream: Stream, query: ListQuery): Promise<Saga[]> {
    const _q = JSON.stringify({ $and: [...stream.conditions(query), ...conditionsOf(query)] })
    const found: Saga[] = []
    for (let skip = 0; ;) {
      const wanted = Math.min(PAGE, query.limit + 1 - found.length)
      const asked = { _q, _s: stream.order, _p: HEAD, _sk: skip }
      const part = await this.#reader.some('list sagas', asked, wanted)
      skip += part.found.length
      for (const value of part.found) {
        const kept = decode(listed(value))
        const saga = kept && headOf(kept.document)
        if (saga !== undefined && agrees(saga, query)) found.push(saga)
      }
      if (part.isLast || found.length > query.limit) return found
    }
  }
}

type Condition = Readonly<Record<string, unknown>>

interface Stream {
  readonly order: string
  conditions(query: ListQuery): Condition[]
}

const OURS: Stream = {
  order: '-history.created,sagaId',
  conditions: ({ since = -Number.MAX_VALUE, until, after }) => [
    { 'history.created': { $gte: since, ...(until !== undefined && { $lt: until }) } },
    ...(after === undefined ? [] : [behind('history.created', after.createdAt, after.id)]),
  ],
}

const FIRST_STATE = 'history.states.0.timestamp'
const THEIRS: Stream = {
  order: `-${FIRST_STATE},sagaId`,
  conditions: ({ since, until, after }) => [
    { 'history.created': null },
    {
      [FIRST_STATE]: { $gte: since === undefined ? '' : iso(since), ...(until !== undefined && { $lte: iso(until) }) },
    },
    ...(after === undefined ? [] : [behind(FIRST_STATE, iso(after.createdAt), after.id)]),
  ],
}

function behind(field: string, value: number | string, id: string): Condition {
  return { $or: [{ [field]: { $lt: value } }, { $and: [{ [field]: value }, { sagaId: { $gt: id } }] }] }
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}

/** Never too few; `agrees` has the last word where a field may say another thing than the history. */
function conditionsOf({ currentState, businessStateId, isFinal, associatedEntityId }: ListQuery): Condition[] {
  const conditions: Condition[] = []
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

function agrees({ createdAt, business }: Saga, { since, until, businessStateId }: ListQuery): boolean {
  if (since !== undefined && createdAt < since) return false
  if (until !== undefined && createdAt >= until) return false
  return businessStateId === undefined || business?.id === businessStateId
}

/** The events were not asked for: as many of them as there were, so that a document of ours is still known as one. */
function listed(value: unknown): unknown {
  const { history } = value as { history?: { length?: number; states?: unknown[] } }
  const length = history?.length ?? history?.states?.length ?? 0
  return { ...(value as object), metadata: {}, history: { ...history, events: Array.from({ length }, () => ({})) } }
}

function newestFirst(one: Saga, other: Saga): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}
