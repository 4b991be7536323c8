import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'

/**
 * No send begins after the lease of its process has ended (P14): by then another process may have claimed the command. A process whose
 * wall clock was set is not judged, since a lease is written by that clock (P23).
 */
export function* leaseEnds(saga: SagaStory, { run: { timeOf }, setClocks }: RunIndex): Iterable<Found> {
  if (timeOf === undefined) return
  for (const { id, leases, departures } of saga.commands.values()) {
    for (const { at, process } of departures) {
      const lease = leases.findLast((one) => one.process === process && one.at < at)
      if (lease === undefined || setClocks.has(process)) continue // `leases` judges a send without one
      // The lease began before its write was durable, so this bound is late by the time of the write.
      const late = timeOf(at) - timeOf(lease.at) - (lease.due - lease.from)
      if (late > 0) yield found('P14', `"${process}" begins to send "${id}" ${late} ms after its lease has ended`, at)
    }
  }
}
