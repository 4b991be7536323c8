import { DEFAULTS } from '../../defaults.ts'
import type { Cursor, Page } from '../../ports/persistency.ts'
import { itemOf, sagaOperation, unreadableItems } from './bulk-slice.ts'
import type { SliceParts } from './bulk-slice.ts'
import type { BulkItem, BulkRequest } from './bulk-operation.ts'

/** The result of a dry run. */
export interface BulkPreview {
  /** Sagas that match now. */
  readonly matches: number
  /** False where the count ended before the last saga, at the deadline of a request. */
  readonly isComplete: boolean
  /** The first sagas, and the outcome that the action would have. */
  readonly items: readonly BulkItem[]
}

/** Reads a page of sagas that match. */
export type ReadPage = (limit: number, after: Cursor | undefined) => Promise<Page>

/** Sagas of one page while they are counted. */
const PAGE = 200

/** Shows the outcome of an operation for the first `sample` sagas, and counts the others. Writes nothing. */
export async function previewBulk(
  parts: SliceParts,
  { request, sample }: { readonly request: BulkRequest; readonly sample: number },
  read: ReadPage,
): Promise<BulkPreview> {
  const { runtime, operator } = parts
  const deadline = runtime.monotonic() + DEFAULTS.bulkCount
  let page = await read(Math.max(1, sample), undefined)
  const shown = page.items.slice(0, sample)
  const outcomes = shown.map(async ({ id }) =>
    itemOf(id, await operator.operate({ ...sagaOperation(request, id), dryRun: true })),
  )
  const items = [...(await Promise.all(outcomes)), ...unreadableItems(page).slice(0, sample - shown.length)]
  let matches = sizeOf(page)
  while (page.next !== undefined && runtime.monotonic() < deadline) {
    page = await read(PAGE, page.next)
    matches += sizeOf(page)
  }
  return { matches, isComplete: page.next === undefined, items }
}

function sizeOf({ items, unreadable = [] }: Page): number {
  return items.length + unreadable.length
}
