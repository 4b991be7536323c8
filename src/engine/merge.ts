import { isPlainObject } from './plain-data.ts'
import type { Metadata } from './saga.ts'

/** Top-level keys of the payload replace those of the metadata; nested objects are replaced whole (C2.5, the default). */
export function mergeFirstLevel(metadata: Metadata, payload: Metadata): Metadata {
  return { ...metadata, ...payload }
}

/**
 * `deepMergeMetadata.enabled`: merges JSON as lodash's `mergeWith` does (C2.5). Arrays merge index by index, `undefined` is
 * skipped, `null` replaces.
 *
 * Not a library, since libraries trust their input (decision 0009): `{ "length": 4294967295 }` onto an array keeps them busy for
 * minutes or makes them throw, and an inherited `constructor` passes for a value and is changed in place.
 */
export function mergeDeep(metadata: Metadata, payload: Metadata): Metadata {
  return ontoObject(metadata, payload)
}

function join(before: unknown, now: unknown): unknown {
  if (now === undefined) return before
  if (Array.isArray(now)) return ontoArray(Array.isArray(before) ? before : [], now)
  if (!isPlainObject(now)) return now
  return Array.isArray(before) ? intoArray(before, now) : ontoObject(isPlainObject(before) ? before : {}, now)
}

function ontoObject(before: Metadata, now: Metadata): Metadata {
  const merged: Record<string, unknown> = { ...before }
  for (const key of Object.keys(now)) {
    if (key === '__proto__') continue
    merged[key] = join(Object.hasOwn(before, key) ? before[key] : undefined, now[key])
  }
  return merged
}

function ontoArray(before: readonly unknown[], now: readonly unknown[]): unknown[] {
  const merged = [...before]
  for (const [index, value] of now.entries()) merged[index] = join(merged[index], value)
  return merged
}

/** An object onto an array sets the elements that its keys name, and the next one after the last; other keys are dropped. */
function intoArray(before: readonly unknown[], now: Metadata): unknown[] {
  const merged = [...before]
  for (const [key, value] of Object.entries(now)) {
    const index = Number(key)
    const isElement = String(index) === key && Number.isInteger(index) && index >= 0 && index <= merged.length
    if (isElement) merged[index] = join(merged[index], value)
  }
  return merged
}
