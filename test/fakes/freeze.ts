/** Freezes a value and everything in it, so that whoever writes to it throws. */
export function deepFreeze<T>(value: T): T {
  const left: unknown[] = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue
    Object.freeze(next)
    left.push(...Object.values(next))
    if (next instanceof Map) left.push(...next.values())
  }
  return value
}
