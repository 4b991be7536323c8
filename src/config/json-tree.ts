/** A parsed configuration: a tree of unknown values. */
export type JsonObject = Readonly<Record<string, unknown>>
/** Keys and indexes from the root to a value. */
export type Path = readonly (string | number)[]

/** True if a value is an object, and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True if a value is an object without keys. */
export function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

/** The value of an own key; nothing for keys of a prototype. */
export function get(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string | number, unknown>>)[key]
    : undefined
}

/** The value at a path; nothing where there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce(get, tree)
}

/** The objects in a list, with their indexes. Other items are skipped: the schema reports them. */
export function objectsIn(list: unknown): readonly (readonly [number, JsonObject])[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown, index) => (isObject(item) ? [[index, item] as const] : []))
}

/** `machineDefinition.states[2].outgoingTransitions[0].targetState` (C1.2) */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => text + formatKey(key, text === ''), '')
}

/** Level by level, not by recursion, so that a deep tree does not exhaust the call stack. */
export function isDeeperThan(limit: number, tree: unknown): boolean {
  let level = [tree]
  for (let depth = 0; depth <= limit; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (level.length === 0) return false
  }
  return true
}

const LONGEST_KEY = 60

/** One key of a formatted path. The first one has no dot before it. */
export function formatKey(key: string | number, isFirst: boolean): string {
  if (typeof key === 'number') return `[${key}]`
  const short = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key
  if (/^[\w$-]+$/.test(short)) return isFirst ? short : `.${short}`
  return `[${JSON.stringify(short)}]`
}
