import { compare, isObject, reach } from './values.ts'
import type { Document, Value } from './values.ts'

/** By `_s`, then `_sk` and `_l`. */
export function pageOf(found: Document[], sort: string | undefined, skip: number, limit: number): Document[] {
  const keys = (sort ?? '').split(',').filter((key) => key !== '')
  const order = (one: Document, other: Document): number => {
    for (const key of keys) {
      const isDown = key.startsWith('-')
      const path = key.replace(/^-/, '').split('.')
      const by = compare(first(one, path), first(other, path))
      if (by !== 0) return isDown ? -by : by
    }
    return 0
  }
  const sorted = keys.length === 0 ? found : found.toSorted(order)
  return sorted.slice(skip, skip + limit)
}

function first(document: Document, path: readonly string[]): Value {
  return reach(document, path)[0] ?? null
}

/** The fields that `_p` leaves; `_id` always stays. */
export function project(document: Document, paths: readonly string[]): Document {
  const picked: Record<string, Value> = { _id: document['_id'] }
  for (const path of paths) pick(document, picked, path.split('.'))
  return picked
}

function pick(from: Document, to: Record<string, Value>, [name = '', ...rest]: readonly string[]): void {
  const value = from[name]
  if (value === undefined) return
  if (rest.length === 0) to[name] = value
  else if (Array.isArray(value)) {
    const before = (to[name] as Record<string, Value>[] | undefined) ?? value.map(() => ({}))
    for (const [place, item] of value.entries()) if (isObject(item)) pick(item, before[place] ?? {}, rest)
    to[name] = before
  } else if (isObject(value)) {
    to[name] = { ...(to[name] as Document | undefined) }
    pick(value, to[name] as Record<string, Value>, rest)
  }
}
