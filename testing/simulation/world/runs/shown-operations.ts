import { BulkRecords } from '../../../../src/orchestrator/bulk/bulk-records.ts'
import type { BulkItem, BulkOperation } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import type { ShownBulk } from '../../../checker/observation.ts'
import type { DurableRecords } from '../stores/durable-records.ts'

/** The bulk operations of a store with their results, as `GET /operations` shows them; `undefined` where the run has none. */
export async function shownOperations(
  records: DurableRecords | undefined,
): Promise<ReadonlyMap<string, ShownBulk> | undefined> {
  if (records === undefined) return undefined
  const kept = new BulkRecords(records)
  const shown = new Map<string, ShownBulk>()
  for (const id of await kept.ids()) {
    const operation = (await kept.read(id))?.operation
    if (operation !== undefined) shown.set(id, { operation, ...(await itemsOf(kept, operation)) })
  }
  return shown
}

async function itemsOf(kept: BulkRecords, { id, chunks }: BulkOperation): Promise<Pick<ShownBulk, 'items' | 'late'>> {
  const [items, late]: [BulkItem[], BulkItem[]] = [[], []]
  for (let number = 0; ; number++) {
    const found = await kept.chunk(id, number)
    if (found === undefined || found.chunk.planned !== undefined) return { items, late }
    const place = number < chunks ? items : late
    place.push(...found.chunk.items)
  }
}

/** True where an operation has not ended: a process has to go on with it. */
export function hasOpenOperations(records: DurableRecords | undefined): boolean {
  return records !== undefined && records.keysOf('open/operation/').length > 0
}
