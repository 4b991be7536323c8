import type { BulkFilter, BulkOperation } from '../orchestrator/bulk/bulk-operation.ts'
import type { ChannelShown } from '../orchestrator/operators/channel-pauses.ts'
import { encodeCursor } from './list-sagas.ts'

/** A bulk operation as the API shows it. `kept`: its records outlive the process. */
export function shownOperation(operation: BulkOperation, kept: boolean): object {
  const { id, status, action, filter, operator, reason, rate, startedAt, endedAt, counts, cursor, cancellation } =
    operation
  const { kind, ...rest } = action
  return {
    id,
    status,
    action: kind,
    ...rest,
    filter: shownFilter(filter),
    operator,
    reason,
    rate,
    startedAt: instant(startedAt),
    ...(endedAt !== undefined && { endedAt: instant(endedAt) }),
    ...(cancellation !== undefined && {
      cancelledBy: cancellation.operator,
      cancelReason: cancellation.reason,
    }),
    counts,
    ...(cursor !== undefined && { cursor: encodeCursor(cursor) }),
    kept,
  }
}

/** A channel as the API shows it. */
export function shownChannel({ channel, isPaused, pause, circuit, waiting, underWay }: ChannelShown): object {
  return {
    id: channel,
    isPaused,
    ...(pause !== undefined && {
      pausedSince: instant(pause.since),
      pausedBy: pause.operator,
      reason: pause.reason,
    }),
    ...(circuit !== undefined && { circuit, waiting, underWay }),
  }
}

/** Instants as ISO 8601, as a request has them. */
function shownFilter({ since, until, enteredBefore, ...filter }: BulkFilter): object {
  return {
    ...filter,
    ...(since !== undefined && { since: instant(since) }),
    ...(until !== undefined && { until: instant(until) }),
    ...(enteredBefore !== undefined && { enteredBefore: instant(enteredBefore) }),
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
