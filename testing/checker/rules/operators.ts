import type { OperationRecord } from '../../../src/engine/operation-record.ts'
import type { SagaOperation } from '../../../src/orchestrator/operators/saga-operation.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Violation, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import { same, shown } from '../same.ts'
import type { SagaStory } from '../saga-story.ts'

/**
 * An operator's action is one write with its record (P25): when, who and why. A repeat changes nothing more; a bulk operation takes each
 * saga once (P27). A step that is no transition is marked with its operation (I3).
 */
export function* operators(saga: SagaStory, run: RunIndex): Iterable<Found> {
  const known = new Set<string>()
  for (const write of saga.writes) {
    const { at, change } = write
    const { operation, step } = change
    yield* recorded(write)
    const mark = step?.by !== undefined && 'operation' in step.by ? step.by.operation : undefined
    if (mark !== undefined && operation?.id !== mark)
      yield found(
        'P25',
        `a step by hand is marked with the operation "${mark}", and the write records ${shown(operation?.id)}`,
        at,
      )
    if (operation === undefined) continue
    if (known.has(operation.id))
      yield found(
        operation.id.startsWith(BULK) ? 'P27' : 'P25',
        `the operation "${operation.id}" was carried out twice`,
        at,
      )
    known.add(operation.id)
    for (const why of flaws(write, operation, run)) yield found('P25', why, at)
    if (run.requests.length > 0 && !operation.id.startsWith(BULK)) yield* asked(write, operation, run)
  }
}

/** Prefix of the id that a bulk operation has in its sagas; `bulks` judges that it was asked for. */
export const BULK = 'bulk/'

/** Records are added to those of before; the oldest may go. */
function* recorded({ at, change: { operation }, before, after }: Written): Iterable<Found> {
  const [was, is] = [before?.operations ?? [], after.operations ?? []]
  const kept = operation === undefined ? is : is.slice(0, -1)
  const isWhole = operation === undefined ? same(was, is) : same(was.slice(was.length - kept.length), kept)
  if (!isWhole || (operation !== undefined && !same(is.at(-1), operation)))
    yield found(
      'P25',
      `the records of operations are ${shown(is.map(({ id }) => id))}, before ${shown(was.map(({ id }) => id))}`,
      at,
    )
}

/** A clock may be set back before the write, so the record's instant is judged by the latest clock of the run. */
function* flaws(write: Written, record: OperationRecord, { end }: RunIndex): Iterable<string> {
  const { id, action, at, operator, reason } = record
  const { change, after, before } = write
  const { step } = change
  if (operator === '' || reason === '') yield `the record of "${id}" has no ${operator === '' ? 'operator' : 'reason'}`
  if (at > Math.max(change.at, end) || !(at >= 0))
    yield `the record of "${id}" is of ${shown(at)}, the write of ${change.at}`
  const isByHand = step?.by !== undefined && 'operation' in step.by
  const label = LABELS[action]
  if (label !== undefined && (!isByHand || step.event.label !== label || step.event.id !== id))
    yield `"${action}" makes the step ${shown(step?.event)}, expected "${label}" under the id of the operation`
  if (label === undefined && isByHand) yield `"${action}" makes a step by hand`
  if (action === 'send-event' && (step === undefined || isByHand || step.event.id !== id))
    yield 'an event that was sent is no step of its own'
  if (action === 'patch-metadata' && after.state !== before?.state) yield 'a change of metadata moves the saga'
  if (action === 'hold' && (after.hold === undefined || after.hold.until !== undefined))
    yield 'the saga is not held after a hold'
  if (action === 'release' && after.hold !== undefined) yield 'the saga is held after its release'
  if (action === 'cancel' && (!after.isFinal || after.owed.length > 0 || after.hold !== undefined))
    yield `a cancelled saga is in "${after.state}" and owes ${after.owed.length} commands`
}

const LABELS: Readonly<Partial<Record<OperationRecord['action'], string>>> = {
  move: '__moved__',
  cancel: '__cancelled__',
  'patch-metadata': '__metadata_patched__',
}

function* asked({ at, after }: Written, record: OperationRecord, { requests }: RunIndex): Iterable<Found> {
  const all = requests.flatMap(({ asked: { at: position, by } }) =>
    by.door === 'operator' && by.operation.sagaId === after.id && by.operation.id === record.id && position < at
      ? [by.operation]
      : [],
  )
  const meant = all.filter(({ dryRun }) => dryRun !== true)
  if (meant.length === 0)
    yield found(
      'P25',
      `the operation "${record.id}" was carried out, and ${all.length === 0 ? 'nobody asked for it' : 'was a dry run'}`,
      at,
    )
  else if (!meant.some((operation) => isOf(operation, record, after.state)))
    yield found(
      'P25',
      `the record of "${record.id}" is ${shown([record.action, record.operator, record.reason])}, none such was asked for`,
      at,
    )
}

/** True where the record is one of what was asked for. `state`: that of the saga after it. */
export function isOf(
  { action, operator, reason }: Pick<SagaOperation, 'action' | 'operator' | 'reason'>,
  record: OperationRecord,
  state: string,
): boolean {
  const goes = action.kind !== 'move' && action.kind !== 'cancel'
  return (
    action.kind === record.action &&
    operator === record.operator &&
    reason === record.reason &&
    (goes || action.state === state)
  )
}

/** What the doors of operators answered, beside what was written (I1, P25). */
export function* operated(run: RunIndex): Iterable<Violation> {
  for (const {
    asked: { by },
    answered,
  } of run.requests) {
    if (by.door !== 'operator' || answered === undefined || by.operation.dryRun === true) continue
    const { sagaId, id } = by.operation
    const { at, answer } = answered
    const writes = run.sagas.get(sagaId)?.writes ?? []
    const isWritten = writes.some(({ at: position, change }) => position < at && change.operation?.id === id)
    if (answer.kind === 'done' && !isWritten)
      yield { rule: 'I1', sagaId, at, why: `the operation "${id}" was answered "done" before it was durable` }
    if (answer.kind === 'repeated' && !isWritten)
      yield { rule: 'P25', sagaId, at, why: `the operation "${id}" was answered "repeated", and was not carried out` }
  }
}
