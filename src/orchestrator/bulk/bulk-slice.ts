import { bytesOf, fits } from '../../codec/utf8-size.ts'
import type { SagaId } from '../../engine/saga.ts'
import type { Page, Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { backoff } from '../backoff.ts'
import type { Operated, OperationDone, SagaOperation, SagaOperator } from '../operators/saga-operation.ts'
import { bulkRecordId } from './bulk-operation.ts'
import type { BulkItem, BulkOperation } from './bulk-operation.ts'
import type { BulkPace } from './bulk-pace.ts'

/** Sagas that are under way at once. */
const LANES = 16
/** Attempts at one saga that was not to be had, before it is a conflict. */
const ATTEMPTS = 3
/** Most bytes of the JSON of a reason, of a state and of details: results of a page share one record. */
const [LARGEST_WHY, LARGEST_STATE, LARGEST_DETAILS] = [500, 200, 400]
/** Most bytes of a result beside its id. */
export const LARGEST_RESULT = 800

/** Parts of `carryOut`. */
export interface SliceParts {
  readonly operator: SagaOperator
  readonly persistency: Pick<Persistency, 'name' | 'probe'>
  readonly runtime: Runtime
}

/**
 * Carries out an operation on some sagas. Rejects where the store is away, once nothing is under way any more: then they are taken
 * again later.
 */
export async function carryOut(
  parts: SliceParts,
  { operation, pace }: { readonly operation: BulkOperation; readonly pace: BulkPace },
  sagas: readonly SagaId[],
): Promise<readonly BulkItem[]> {
  const items: BulkItem[] = []
  let next = 0
  const failures: unknown[] = []
  const lane = async (): Promise<void> => {
    while (next < sagas.length && failures.length === 0) {
      const at = next++
      await pace.turn()
      items[at] = await oneItem(parts, sagaOperation(operation, sagas[at] as SagaId))
    }
  }
  const noted = (thrown: unknown) => void failures.push(thrown)
  await Promise.all(Array.from({ length: Math.min(LANES, sagas.length) }, () => lane().catch(noted)))
  if (failures.length > 0) throw failures[0]
  return items
}

/** The results of sagas that a process had taken when it ended, of an operation that was cancelled since. Nothing is written. */
export async function alreadyDone(
  { operator }: Pick<SliceParts, 'operator'>,
  operation: BulkOperation,
  sagas: readonly SagaId[],
): Promise<readonly BulkItem[]> {
  const items: BulkItem[] = []
  for (const id of sagas) {
    const operated = await operator.operate({ ...sagaOperation(operation, id), dryRun: true })
    if (operated.kind === 'unavailable') throw new Error(`read saga "${id}": ${operated.why}`)
    if (operated.kind === 'repeated') items.push(itemOf(id, operated))
  }
  return items
}

/** The action on one saga of a bulk operation. */
export function sagaOperation(
  { id, operator, reason, action }: Pick<BulkOperation, 'id' | 'operator' | 'reason' | 'action'>,
  sagaId: SagaId,
): SagaOperation {
  return { sagaId, id: bulkRecordId(id), operator, reason, action }
}

/** A page has the ids of damaged sagas beside the others. */
export function unreadableItems({ unreadable = [] }: Page): readonly BulkItem[] {
  return unreadable.map(({ id, why }) => ({ sagaId: id, outcome: 'refused', ...damaged(why) }))
}

async function oneItem(parts: SliceParts, operation: SagaOperation): Promise<BulkItem> {
  const { operator, runtime } = parts
  for (let attempt = 1; ; attempt++) {
    const item = itemOf(operation.sagaId, await operator.operate(operation))
    if (item.outcome !== 'conflict') return item
    if (attempt === ATTEMPTS) {
      await mustAnswer(parts)
      return item
    }
    await backoff(runtime, 6 + attempt)
  }
}

/** A store that is away is no reason to give up a saga. */
async function mustAnswer({ persistency }: SliceParts): Promise<void> {
  const health = await persistency.probe()
  if (!health.ok) throw new Error(`the store "${persistency.name}" is away: ${health.why}`)
}

/** The outcome of an action as the result of an item. */
export function itemOf(sagaId: SagaId, operated: Operated): BulkItem {
  switch (operated.kind) {
    case 'done':
      return { sagaId, outcome: 'done', ...cut('state', operated.state, LARGEST_STATE), ...shortDetails(operated) }
    case 'repeated':
      return { sagaId, outcome: 'repeated', ...cut('state', operated.state, LARGEST_STATE) }
    case 'refused':
    case 'invalid':
    case 'mismatch':
      return { sagaId, outcome: 'refused', ...cut('why', operated.why, LARGEST_WHY) }
    case 'unknown-saga':
      return { sagaId, outcome: 'unknown', why: 'there is no such saga any more' }
    case 'too-large':
      return { sagaId, outcome: 'refused', why: `the saga would be larger than its limit of ${operated.limit} bytes` }
    case 'unreadable':
      return { sagaId, outcome: 'refused', ...damaged(operated.why) }
    case 'unavailable':
      return { sagaId, outcome: 'conflict', ...cut('why', operated.why, LARGEST_WHY) }
  }
}

function damaged(why: string): Pick<BulkItem, 'why' | 'isCut'> {
  return cut('why', `the saga is damaged in the store: ${why}`, LARGEST_WHY)
}

/** Details that do not fit are left out. */
function shortDetails({ details }: OperationDone): Pick<BulkItem, 'details' | 'isCut'> {
  return fits(JSON.stringify(details), LARGEST_DETAILS) ? { details } : { isCut: true }
}

/** A text, cut off where its JSON has more bytes than may be: a control character has six, others up to three a unit. */
function cut(name: 'state' | 'why', text: string, bytes: number): Pick<BulkItem, 'state' | 'why' | 'isCut'> {
  if (bytesOf(JSON.stringify(text)) <= bytes) return { [name]: text }
  let short = text.slice(0, bytes)
  while (bytesOf(JSON.stringify(short)) > bytes) short = short.slice(0, Math.floor(short.length * 0.9))
  return { [name]: short.toWellFormed(), isCut: true }
}
