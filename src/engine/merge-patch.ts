import { isPlainObject, setKey } from './plain-data.ts'
import type { Metadata } from './saga.ts'

/**
 * Metadata after a JSON merge patch (RFC 7396): `null` removes a key, an object is merged into the object of its key, any other value
 * replaces. Neither argument is changed. Throws a RangeError for a patch deeper than the stack.
 */
export function mergePatch(metadata: Metadata, patch: Metadata): Metadata {
  const merged: Record<string, unknown> = { ...metadata }
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) delete merged[key]
    else if (!isPlainObject(value)) setKey(merged, key, value)
    else {
      const before = Object.hasOwn(merged, key) ? merged[key] : undefined
      setKey(merged, key, mergePatch(isPlainObject(before) ? before : {}, value))
    }
  }
  return merged
}
