import { expect } from 'vitest'
import type { BulkItem } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import type { BulkOperations, ResultPage, ResultPlace } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import type { BulkStage } from './bulk-stage.ts'

/** A page of the results of the operation `op-1`. */
export async function resultsOf(bulk: BulkOperations, limit: number, from?: ResultPlace): Promise<ResultPage> {
  return bulk.results((await bulk.read('op-1')) ?? expect.unreachable(), limit, from)
}

/** All of them, page by page. */
export async function everyResult(bulk: BulkOperations, limit: number): Promise<readonly BulkItem[]> {
  const items: BulkItem[] = []
  for (let from: Parameters<BulkOperations['results']>[2]; ;) {
    const page = await resultsOf(bulk, limit, from)
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    if (page.isLast) return items
    from = page.end
  }
}

/** Lines of the log by code, with their fields. */
export function lines({ runtime }: BulkStage, code: string) {
  return runtime.logged.filter((line) => line.code === code).map(({ fields }) => fields)
}
