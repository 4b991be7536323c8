/** A value as the database keeps it. */
export type Value = unknown
export type Document = Readonly<Record<string, Value>>

export function isObject(value: Value): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The values at a dotted path: through objects by name, through arrays by number and into each of their elements. Nothing
 * where it leads nowhere, several values where an array is on the way.
 */
export function reach(value: Value, path: readonly string[]): Value[] {
  const [name, ...rest] = path
  if (name === undefined) return [value]
  if (Array.isArray(value)) {
    const byNumber = /^\d+$/.test(name) && Number(name) < value.length ? reach(value[Number(name)], rest) : []
    return [...byNumber, ...value.filter(isObject).flatMap((item) => reach(item, path))]
  }
  return isObject(value) && Object.hasOwn(value, name) ? reach(value[name], rest) : []
}

/** The database's order of types, then of values; `null` and what is absent come first. */
export function compare(one: Value, other: Value): number {
  const ranks = rank(one) - rank(other)
  if (ranks !== 0) return ranks
  if (typeof one === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other as string))
  if (typeof one === 'number' || typeof one === 'boolean') return Number(one) - Number(other)
  return one === null || one === undefined ? 0 : compare(JSON.stringify(one), JSON.stringify(other))
}

export function isEqual(one: Value, other: Value): boolean {
  return rank(one) === rank(other) && compare(one, other) === 0
}

export function rank(value: Value): number {
  if (value === null || value === undefined) return 0
  return ['number', 'string', 'object', 'boolean'].indexOf(typeof value) + 1
}

/** Strings as the database keeps them: half of a surrogate pair is lost (U+FFFD). */
export function kept(value: Value): Value {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(kept)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), kept(inner)]))
}

/**
 * The traps of the service: what looks like a point of a map comes back as its bare coordinates, and a reference, which is a type
 * of the database, with its name split at a dot.
 */
export function shown(value: Value): Value {
  if (Array.isArray(value)) return value.map(shown)
  if (!isObject(value)) return value
  if (value['type'] === 'Point' && Array.isArray(value['coordinates'])) return value['coordinates']
  return Object.fromEntries(Object.entries(split(value)).map(([key, inner]) => [key, shown(inner)]))
}

function split(value: Document): Document {
  const { $ref, $id, ...others } = value
  const [db = '', name, ...more] = typeof $ref === 'string' && $id !== undefined ? $ref.split('.') : []
  return name === undefined || more.length > 0 ? value : { $ref: name, $id, $db: db, ...others }
}
