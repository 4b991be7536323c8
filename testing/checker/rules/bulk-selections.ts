import type { OperationRecord } from '../../../src/engine/operation-record.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { BulkFilter } from '../../../src/orchestrator/bulk/bulk-operation.ts'
import type { Violation, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { same, shown } from '../same.ts'
import { BULK, isOf } from './operators.ts'

/** A request for a bulk operation, and when it was asked for. */
export interface AskedBulk {
  readonly at: number
  readonly bulk: Extract<RunIndex['requests'][number]['asked']['by'], { door: 'bulk' }>['bulk']
}

/** A bulk operation changes a saga as it was asked to, after that, and only where the filter has selected the saga since then (P27). */
export function* bulkSelections(run: RunIndex): Iterable<Violation> {
  const asked = askedBulks(run)
  for (const saga of run.sagas.values())
    for (const write of saga.writes) {
      const { operation } = write.change
      if (operation === undefined || !operation.id.startsWith(BULK) || run.requests.length === 0) continue
      const why = flawOf(saga, { write, operation, asked: asked.get(operation.id.slice(BULK.length)) ?? [] })
      if (why !== undefined) yield { rule: 'P27', sagaId: saga.id, at: write.at, why }
    }
}

/** Requests for bulk operations, by the id of the operation. */
export function askedBulks({ requests }: RunIndex): ReadonlyMap<string, readonly AskedBulk[]> {
  const all = requests.flatMap(({ asked: { at, by } }) => (by.door === 'bulk' ? [{ at, bulk: by.bulk }] : []))
  return Map.groupBy(all, ({ bulk }) => bulk.id)
}

interface BulkWrite {
  readonly write: Written
  readonly operation: OperationRecord
  readonly asked: readonly AskedBulk[]
}

function flawOf(saga: SagaStory, { write, operation, asked }: BulkWrite): string | undefined {
  const before = asked.filter(({ at }) => at < write.at)
  const meant = before.filter(({ bulk }) => isOf(bulk, operation, write.after.state))
  const { id, action, operator, reason } = operation
  if (before.length === 0) return `"${id}" was carried out before anybody has asked for it`
  if (meant.length === 0)
    return `the record of "${id}" is ${shown([action, operator, reason])}, none such was asked for`
  if (meant.some(({ at, bulk }) => headsBetween(saga, at, write.at).some((head) => selects(bulk.filter, head)))) return
  return `"${id}" has changed a saga that ${shown(meant.map(({ bulk }) => bulk.filter))} has never selected`
}

/** The heads of a saga from one position of the run until another one. */
export function headsBetween({ writes }: SagaStory, from: number, until: number): readonly Saga[] {
  const first = writes.findLast(({ at }) => at <= from)
  const later = writes.filter(({ at }) => at > from && at < until)
  return [...(first === undefined ? [] : [first]), ...later].map(({ after }) => after)
}

/** True if a filter selects a saga, or may: filters that are not known here are taken to fit. */
export function selects(filter: BulkFilter, saga: Saga): boolean {
  const { currentState, isFinal, associatedEntityId, has } = filter
  return (
    (currentState === undefined || same(currentState, saga.state)) &&
    (isFinal === undefined || isFinal === saga.isFinal) &&
    (associatedEntityId === undefined || associatedEntityId === saga.entity) &&
    (has === undefined || hasMark(saga, has))
  )
}

function hasMark(saga: Saga, mark: NonNullable<BulkFilter['has']>): boolean {
  const { owed, deadLetters, parked, timer, hold } = saga
  const counts = { owed: owed.length, 'dead-letters': deadLetters.length, parked: parked.length }
  if (mark === 'timer') return timer !== undefined
  return mark === 'hold' ? hold !== undefined : counts[mark] > 0
}

/** True if nothing of a filter is unknown here, so that `selects` is certain. */
export function isKnown(filter: BulkFilter): boolean {
  return Object.entries(filter).every(([name, value]) => value === undefined || KNOWN.has(name))
}

const KNOWN: ReadonlySet<string> = new Set(['currentState', 'isFinal', 'associatedEntityId', 'has'])
