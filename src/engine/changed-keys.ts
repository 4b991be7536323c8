import type { Metadata } from './saga.ts'

/** Values in objects and lists that one step compares; a key beyond them counts as changed. */
const MOST_COMPARED = 1_000

/**
 * Keys of a payload or a patch, at the top of the metadata, whose value is another one after the step; `undefined` without any. A client
 * may send back metadata that it has received, so values are compared, in bounded time.
 */
export function changedKeys(before: Metadata, after: Metadata, given: Metadata): readonly string[] | undefined {
  let changed: string[] | undefined
  let budget: Budget | undefined
  // Not Object.keys: most payloads are small, and this runs for every event.
  for (const key in given) {
    if (!Object.hasOwn(given, key)) continue
    const one = own(before, key)
    const other = own(after, key)
    if (one === other) continue
    if (isNested(one) && isNested(other) && isSame(one, other, (budget ??= { left: MOST_COMPARED }))) continue
    if (changed === undefined) changed = [key]
    else changed.push(key)
  }
  return changed
}

function own(metadata: Metadata, key: string): unknown {
  return Object.hasOwn(metadata, key) ? metadata[key] : undefined
}

interface Budget {
  left: number
}

/** True for the same JSON value, whatever the order of its keys. False where the budget has run out, which bounds the depth too. */
function isSame(one: object, other: object, budget: Budget): boolean {
  if (Array.isArray(one) !== Array.isArray(other) || --budget.left < 0) return false
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => {
    if (!Object.hasOwn(other, key)) return false
    const inner = at(one, key)
    const same = at(other, key)
    return inner === same || (isNested(inner) && isNested(same) && isSame(inner, same, budget))
  })
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function at(value: object, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key]
}
