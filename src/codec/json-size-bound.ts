/** Most bytes of a number, a boolean or null as JSON, with its comma. */
const WORD = 25
/** Most bytes of one UTF-16 unit as JSON: a control character or half of a surrogate pair becomes `\uXXXX`. */
const UNIT = 6

/**
 * Upper bound of a value's size as JSON, in bytes, without encoding it. Counting stops beyond `enough`. Iterative, so depth
 * costs no stack.
 */
export function encodedAtMost(value: unknown, enough: number): number {
  const left: unknown[] = [value]
  let bytes = 0
  while (left.length > 0 && bytes <= enough) {
    const next = left.pop()
    if (typeof next === 'string') bytes += 3 + UNIT * next.length
    else if (typeof next !== 'object' || next === null) bytes += WORD
    else if (Array.isArray(next)) {
      bytes += 3
      for (const item of next) left.push(item)
    } else {
      bytes += 3
      for (const key of Object.keys(next)) {
        bytes += 3 + UNIT * key.length
        left.push((next as Record<string, unknown>)[key])
      }
    }
  }
  return bytes
}

/**
 * Upper bound of the bytes that `next` adds to `before`: an event replaces few values and keeps the others as the same objects.
 * A bound of `before` plus this one is a bound of `next`.
 */
export function addedAtMost(before: unknown, next: unknown, enough: number): number {
  const left: BeforeAndAfter[] = [[before, next]]
  let bytes = 0
  while (left.length > 0 && bytes <= enough) {
    const [was, is] = left.pop() as BeforeAndAfter
    if (was === is) continue
    if (isObject(was) && isObject(is) && Array.isArray(was) === Array.isArray(is)) {
      for (const key of Object.keys(is)) {
        if (Object.hasOwn(was, key)) left.push([was[key], is[key]])
        else bytes += 3 + UNIT * key.length + encodedAtMost(is[key], enough)
      }
    } else bytes += encodedAtMost(is, enough)
  }
  return bytes
}

type BeforeAndAfter = readonly [was: unknown, is: unknown]

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
