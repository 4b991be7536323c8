import type { Metrics } from '../ports/metrics.ts'
import type { PassOver } from '../ports/persistency.ts'
import type { Log } from '../ports/runtime.ts'

/** Ids that are remembered as named; with more, the oldest are named once more. */
const MOST = 1_000

/** Sweep and lists meet a damaged saga every second: it is named and counted once. */
export function reportUnreadableOnce(log: Pick<Log, 'error'>, metrics: Pick<Metrics, 'count'>): PassOver {
  const named = new Set<string>()
  return (id, why) => {
    if (named.has(id)) return
    const [oldest] = named
    if (oldest !== undefined && named.size >= MOST) named.delete(oldest)
    named.add(id)
    metrics.count('saga-unreadable')
    log.error('a saga is damaged in the store: sweep, lists and removal pass it over until it is mended', {
      saga: id.slice(0, 200),
      why,
    })
  }
}
