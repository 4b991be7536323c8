import type { Cursor, ListQuery, Persistency } from '../../src/ports/persistency.ts'
import { BEGAN, FEW, MANY } from './sagas.ts'

export interface ScaleQuery {
  readonly what: string
  /** Each call is measured; the longest counts. */
  readonly asks: readonly (() => Promise<unknown>)[]
}

type Filters = Omit<ListQuery, 'limit' | 'after'>

/** Queries of a store with next to no final sagas. */
export function looksAtFew(store: Persistency, sagas: number): readonly ScaleQuery[] {
  const times = { since: BEGAN + 10, until: BEGAN + sagas - 10 }
  const few: Filters = { currentState: FEW.state, businessStateId: FEW.business, isFinal: true, ...times }
  const many: Filters = { currentState: MANY.state, businessStateId: MANY.business, isFinal: false, ...times }
  const [rare, frequent] = [
    { ...few, associatedEntityId: FEW.entity },
    { ...many, associatedEntityId: MANY.entity },
  ]
  const middle: Cursor = { createdAt: BEGAN + sagas / 2, id: 'order' }
  const page = (filters: Filters, after?: Cursor) => () => pageOf(store, { ...filters, limit: 200, after })
  return [
    { what: 'GET /sagas', asks: [page({}), page({}, middle)] },
    { what: 'isFinal=true, few', asks: [page({ isFinal: true })] },
    { what: 'currentState, few', asks: [page({ currentState: FEW.state })] },
    { what: 'businessStateId, few', asks: [page({ businessStateId: FEW.business })] },
    { what: 'associatedEntityId', asks: [page({ associatedEntityId: FEW.entity })] },
    {
      what: 'currentState and associatedEntityId',
      asks: [page({ currentState: FEW.state, associatedEntityId: MANY.entity })],
    },
    { what: 'currentState and isFinal, none', asks: [page({ currentState: MANY.state, isFinal: true })] },
    { what: 'every combination, few', asks: combinations(rare).map((filters) => page(filters)) },
    { what: 'every combination, many', asks: combinations(frequent).map((filters) => page(filters)) },
    { what: 'the same from the middle', asks: combinations(many).map((filters) => page(filters, middle)) },
    {
      what: 'ten lists at once',
      asks: [() => Promise.all(Array.from({ length: 10 }, page({ currentState: MANY.state, isFinal: true })))],
    },
    { what: 'recovery: a look', asks: [() => due(store)] },
    { what: 'retention: nothing to remove', asks: [() => removed(store, BEGAN, 256)] },
    { what: 'retention: few to remove', asks: [() => removed(store, BEGAN + 2 * sagas, 256)] },
  ]
}

/** Queries of a store with half of its sagas final. */
export function looksAtEnded(store: Persistency, sagas: number): readonly ScaleQuery[] {
  const pages = async () => {
    for (let page = 0; page < 32; page++) await removed(store, BEGAN + sagas, 256)
  }
  const none = { currentState: MANY.state, isFinal: true, limit: 200 }
  return [
    { what: 'isFinal=true, half', asks: [() => pageOf(store, { isFinal: true, limit: 200 })] },
    { what: 'currentState and isFinal, half and half, none', asks: [() => pageOf(store, none)] },
    { what: 'ten of them at once', asks: [() => Promise.all(Array.from({ length: 10 }, () => pageOf(store, none)))] },
    { what: 'retention: 8,192 to remove', asks: [pages] },
  ]
}

async function pageOf({ can: { list } }: Persistency, query: ListQuery): Promise<unknown> {
  if (list === false) throw new Error('list sagas: the store cannot')
  return list.page(query)
}

async function due({ can: { recovery } }: Persistency): Promise<unknown> {
  if (recovery.by !== 'sweep') throw new Error('query due sagas: the store cannot')
  return recovery.findDue(Date.UTC(2040, 0, 1), 64)
}

async function removed({ can: { removal } }: Persistency, before: number, limit: number): Promise<unknown> {
  if (removal === false) throw new Error('remove sagas: the store cannot')
  return removal.removeFinal(before, limit)
}

/** Every subset of the filters. */
function combinations(filters: Filters): readonly Filters[] {
  const entries = Object.entries(filters)
  return Array.from({ length: 2 ** entries.length }, (_, mask) =>
    Object.fromEntries(entries.filter((__, place) => (mask & (1 << place)) !== 0)),
  )
}
