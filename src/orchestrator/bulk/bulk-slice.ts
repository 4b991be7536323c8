import { fits } from '../../codec/utf8-size.ts'
import type { SagaId } from '../../engine/saga.ts'
import type { Page, Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { backoff } from '../backoff.ts'
import type { Operated, OperationDone, SagaOperation, SagaOperator } from '../saga-operation.ts'
import { bulkRecordId } from './bulk-operation.ts'
import type { BulkItem, BulkOperation } from './bulk-operation.ts'
import type { BulkPace } from './bulk-pace.ts'

/** Sagas that are under way at once. */
const LANES = 16
/** Attempts at one saga that was not to be had, before it is a conflict. */
const ATTEMPTS = 3
/** Longest reason that is kept, in characters, and most bytes of details: results of a page share one record. */
const LONGEST_WHY = 200
const LARGEST_DETAILS = 400

/** Parts of `carryOut`. */
export interface SliceParts {
  readonly operator: SagaOperator
  readonly persistency: Pick<Persistency, 'name' | 'probe'>
  readonly runtime: Runtime
}

/** Carries out an operation on some sagas. Rejects where the store is away: then they are taken again later. */
export async function carryOut(
  parts: SliceParts,
  { operation, pace }: { readonly operation: BulkOperation; readonly pace: BulkPace },
  sagas: readonly SagaId[],
): Promise<readonly BulkItem[]> {
  const items: BulkItem[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < sagas.length) {
      const at = next++
      await pace.turn()
      items[at] = await oneItem(parts, sagaOperation(operation, sagas[at] as SagaId))
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES, sagas.length) }, lane))
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
  return unreadable.map(({ id, why }) => ({ sagaId: id, outcome: 'refused', why: damaged(why) }))
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
      return { sagaId, outcome: 'done', state: shortName(operated.state), ...shortDetails(operated) }
    case 'repeated':
      return { sagaId, outcome: 'repeated', state: shortName(operated.state) }
    case 'refused':
    case 'invalid':
    case 'mismatch':
      return { sagaId, outcome: 'refused', why: operated.why.slice(0, LONGEST_WHY) }
    case 'unknown-saga':
      return { sagaId, outcome: 'unknown', why: 'there is no such saga any more' }
    case 'too-large':
      return { sagaId, outcome: 'refused', why: `the saga would be larger than its limit of ${operated.limit} bytes` }
    case 'unreadable':
      return { sagaId, outcome: 'refused', why: damaged(operated.why) }
    case 'unavailable':
      return { sagaId, outcome: 'conflict', why: operated.why.slice(0, LONGEST_WHY) }
  }
}

function damaged(why: string): string {
  return `the saga is damaged in the store: ${why}`.slice(0, LONGEST_WHY)
}

function shortName(state: string): string {
  return state.slice(0, 100)
}

/** The saga's history has longer ones. */
function shortDetails({ details }: OperationDone): Pick<BulkItem, 'details'> {
  return fits(JSON.stringify(details), LARGEST_DETAILS) ? { details } : {}
}
