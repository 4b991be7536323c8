import type { Metrics } from '../../ports/metrics.ts'
import type { PassOver } from '../../ports/persistency.ts'
import type { Log } from '../../ports/runtime.ts'

/** Ids remembered as logged. Beyond that the oldest is dropped, and logged again when it is met again. */
const MOST_REMEMBERED = 1_000

/** The sweep and lists meet a damaged saga every second: it is logged and counted once. */
export function reportUnreadableOnce(log: Pick<Log, 'write'>, metrics: Pick<Metrics, 'count'>): PassOver {
  const reported = new Set<string>()
  return (id, why) => {
    if (reported.has(id)) return
    const [oldest] = reported
    if (oldest !== undefined && reported.size >= MOST_REMEMBERED) reported.delete(oldest)
    reported.add(id)
    metrics.count('saga-unreadable')
    log.write('saga.unreadable', { saga: id.slice(0, 200), why })
  }
}
