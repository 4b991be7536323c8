/** A configuration as `JSON.parse` gives it: a tree of unknown values, and how to speak of a place in it. */
export type JsonObject = Readonly<Record<string, unknown>>
export type Path = readonly (string | number)[]

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

/** The value of an own key; what a prototype could lend is not there. */
export function get(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string | number, unknown>>)[key]
    : undefined
}

export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce(get, tree)
}

/** The objects of a list with their indexes; whatever else is in it is the schema's affair. */
export function objectsIn(list: unknown): readonly (readonly [number, JsonObject])[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown, index) => (isObject(item) ? [[index, item] as const] : []))
}

/** `machineDefinition.states[2].outgoingTransitions[0].targetState` (C1.2) */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => text + segment(key, text === ''), '')
}

/** Level by level, so that the depth asked about costs no call stack. */
export function isDeeperThan(limit: number, tree: unknown): boolean {
  let level = [tree]
  for (let depth = 0; depth <= limit; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (level.length === 0) return false
  }
  return true
}

const LONGEST_KEY = 60

/** One step of a formatted path. */
export function segment(key: string | number, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`
  const short = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key
  if (/^[\w$-]+$/.test(short)) return first ? short : `.${short}`
  return `[${JSON.stringify(short)}]`
}
