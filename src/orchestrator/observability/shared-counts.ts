import type { Capabilities } from '../../ports/persistency.ts'

/**
 * The counts of a store for several callers that begin at the same time, as at a start: a query that is asked again while it is under
 * way is counted once.
 */
export function sharedCounts(counts: Capabilities['counts']): Capabilities['counts'] {
  if (counts === false) return false
  const underWay = new Map<string, ReturnType<typeof counts.count>>()
  return {
    count(query) {
      const text = JSON.stringify(query)
      const known = underWay.get(text)
      if (known !== undefined) return known
      const counting = counts.count(query).finally(() => underWay.delete(text))
      underWay.set(text, counting)
      return counting
    },
  }
}
