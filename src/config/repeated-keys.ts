import { formatPlace } from './text-position.ts'
import type { Finding } from './problem.ts'
import type { Source } from './path-positions.ts'

/** Keys that stand more than once in one object: JSON takes them (RFC 8259 §4), and all but the last are as good as not there. */
export function repeatedKeys(source: Source): readonly Finding[] {
  return source.repeatedKeys().map(({ path, places }) => {
    const told = places.slice(-MOST).map(formatPlace).join(', ')
    return {
      path,
      reason: `stands ${places.length} times in its object, at ${told}: the last one counts`,
      place: places.at(-1),
    }
  })
}

/** Places that one finding names: the last, which counts, among them. */
const MOST = 10
