import type { Chore } from '../../engine/chore.ts'
import type { Change } from '../../engine/change.ts'
import { isSameEvent } from '../../engine/evolve.ts'
import type { EventIdentity, Saga } from '../../engine/saga.ts'
import type { CorridorParts } from '../corridor-parts.ts'

type ReportParts = Pick<CorridorParts, 'runtime' | 'metrics' | 'incidents'>

/** A chore that is durable, with the heads before and after it. */
export interface ChoreDone {
  readonly before: Saga
  readonly after: Saga
  readonly chore: Chore
}

/** Logs and counts a chore. */
export function reportChore(parts: ReportParts, { before, after, chore: { kind, entry } }: ChoreDone): void {
  const { metrics, runtime } = parts
  const { log } = runtime
  const { id: saga, state } = before
  switch (kind) {
    case 'release':
      return log.write(before.hold?.isBeginning === true ? 'saga.begun' : 'saga.released', { saga, state })
    case 'expire':
      for (const one of entry.unparked ?? []) reportExpired(parts, before, one)
      return
    case 'rename':
      metrics.count('saga-renamed')
      return log.write('saga.renamed', { saga, state: after.state, renamedFrom: state })
    case 'reschedule':
      return
    case 'offer':
      return reportOffered(parts, { before, after, chore: { kind, entry } })
  }
}

function reportExpired({ metrics, incidents }: ReportParts, { id: saga, state }: Saga, event: EventIdentity): void {
  metrics.count('parked-expired')
  const fields = { saga, state, label: event.label, event: event.id }
  incidents.report({ code: 'event.expired', group: 'parked events', kind: `expired in ${state}`, fields })
}

function reportOffered(parts: ReportParts, { before, after, chore: { entry } }: ChoreDone): void {
  const { metrics, runtime } = parts
  const taken = entry.step?.event ?? entry.unparked?.[0]
  const fields = { saga: before.id, label: taken?.label, event: taken?.id }
  const why = after.deadLetters.findLast((one) => taken !== undefined && isSameEvent(one, taken))?.why
  const isStep = after.length > before.length
  if (!isStep && why !== undefined) {
    metrics.count('parked-refused')
    return runtime.log.write('event.refused', { ...fields, state: before.state, why })
  }
  if (!isStep) return // a repeat of an event that was applied before; the ledger has counted it
  metrics.count('parked-taken')
  runtime.log.write('event.taken', { ...fields, state: after.state })
}

/** Logs and counts the parked events that a step into a final state has dropped (P10). */
export function reportDropped(
  { metrics, runtime }: ReportParts,
  { id: saga, parked }: Saga,
  { step, unparked }: Pick<Change, 'step' | 'unparked'>,
): void {
  if (step?.state.isFinal !== true || unparked === undefined) return
  const dropped = unparked.filter((one) => !isSameEvent(one, step.event))
  if (dropped.length === 0) return
  for (const _ of dropped) metrics.count('parked-dropped')
  const labels = dropped.map(({ label }) => label)
  runtime.log.write('event.dropped', { saga, state: step.state.id, dropped: dropped.length, of: parked.length, labels })
}
