/** Most bytes that a number, a boolean or null takes as JSON, with the comma behind it. */
const WORD = 25
/** Most bytes that one unit of a text takes: a control character and half of a surrogate pair are written as `\uXXXX`. */
const UNIT = 6

/**
 * An upper bound of the bytes that a value takes as JSON, without encoding it. Counting ends beyond `enough`. Needs no stack,
 * however deep the value is.
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
 * An upper bound of what `next` takes beyond `before`: an event replaces few values, and all others are the same objects still.
 * So a bound of `before` and this one are a bound of `next`.
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
