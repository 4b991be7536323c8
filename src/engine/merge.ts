import type { Metadata } from './saga.ts'

/** The payload's top-level keys replace the metadata's; nested objects are replaced whole (C2.5, the default). */
export function mergeFirstLevel(metadata: Metadata, payload: Metadata): Metadata {
  return { ...metadata, ...payload }
}

/**
 * `deepMergeMetadata.enabled`: what lodash `mergeWith` makes of JSON (C2.5). Arrays meet index by index, undefined is
 * skipped, null replaces.
 *
 * Ours, since an event is not to be trusted and the libraries trust it: `{ "length": 4294967295 }` and an array that meet
 * keep them busy for minutes or make them throw, an inherited `constructor` passes for a value, and is merged into in place.
 */
export function mergeDeep(metadata: Metadata, payload: Metadata): Metadata {
  return ontoObject(metadata, payload)
}

function join(before: unknown, now: unknown): unknown {
  if (now === undefined) return before
  if (Array.isArray(now)) return ontoArray(Array.isArray(before) ? before : [], now)
  if (!isPlain(now)) return now
  return Array.isArray(before) ? intoArray(before, now) : ontoObject(isPlain(before) ? before : {}, now)
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

/** An object that meets an array changes the elements it names and goes on where they end; an array can hold nothing else. */
function intoArray(before: readonly unknown[], now: Metadata): unknown[] {
  const merged = [...before]
  for (const [key, value] of Object.entries(now)) {
    const index = Number(key)
    const isElement = String(index) === key && Number.isInteger(index) && index >= 0 && index <= merged.length
    if (isElement) merged[index] = join(merged[index], value)
  }
  return merged
}

/** An object as JSON makes it, of this realm or of another. */
function isPlain(value: unknown): value is Metadata {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
