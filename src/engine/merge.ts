import { mergeWith } from 'es-toolkit/compat'
import type { Metadata } from './saga.ts'

/** The payload's top-level keys replace the metadata's; nested objects are replaced whole (C2.5, the default). */
export function mergeFirstLevel(metadata: Metadata, payload: Metadata): Metadata {
  return { ...metadata, ...payload }
}

/** `deepMergeMetadata.enabled`: the semantics of lodash `mergeWith` (C2.5). Arrays meet index by index. */
export function mergeDeep(metadata: Metadata, payload: Metadata): Metadata {
  return mergeWith({}, metadata, payload, mended) as Metadata
}

type Visited = Map<unknown, unknown>

/** Where es-toolkit would do harm; everything else is left to it. */
function mended(before: unknown, now: unknown, key: string, target: object, _: object, visited: Visited): unknown {
  if (typeof now !== 'object' || now === null) return undefined
  visited.delete(now) // it takes an object at two places for a cycle, and JSON has none
  // It takes an inherited `constructor` for a value, keeps ours as it is instead of a copy, and merges into that.
  if (key in target && !Object.hasOwn(target, key)) return mergeDeep({}, { value: now })['value']
  return Array.isArray(before) && !Array.isArray(now) ? ontoArray(before, now) : undefined
}

/**
 * Lodash assigns an object's keys to the array that it meets: `length` would cut it or throw, `4294967294` would blow it up
 * to gigabytes, and a name would be lost in the store. So only elements count: those there are, and those that go on where
 * they end.
 */
function ontoArray(before: readonly unknown[], now: object): unknown[] {
  const merged = [...before]
  for (const [key, value] of Object.entries(now)) {
    const index = Number(key)
    if (String(index) !== key || !Number.isInteger(index) || index < 0 || index > merged.length) continue
    merged[index] = mergeDeep({ value: merged[index] }, { value })['value']
  }
  return merged
}
