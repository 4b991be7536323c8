import { isDeepStrictEqual } from 'node:util'
import { formatPath, isObject } from '../../../src/config/json-tree.ts'
import type { Path } from '../../../src/config/json-tree.ts'

/** A value of two JSON trees that differs. */
export interface ChangedValue {
  /** Formatted; empty for the whole tree. */
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

/** The values that differ, at their deepest places. Objects are compared key by key, lists as a whole. */
export function changedValues(before: unknown, after: unknown, path: Path = []): readonly ChangedValue[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(before) || !isObject(after)) return [{ key: formatPath(path), before, after }]
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => changedValues(own(before, key), own(after, key), [...path, key]))
}

/** A key may be `__proto__`. */
function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
