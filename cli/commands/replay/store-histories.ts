import { reasonOf } from '../../../src/errors.ts'
import { readBulkFilter } from '../../../src/http/bulk-request.ts'
import { pageOfSagas } from '../../../src/orchestrator/answer-filter.ts'
import type { BulkFilter } from '../../../src/orchestrator/bulk/bulk-operation.ts'
import type { Cursor, ListQuery, Page, Persistency } from '../../../src/ports/persistency.ts'
import type { HistoriesRead, HistorySource } from './history-source.ts'
import { pastOf } from './past-saga.ts'

/** A store that lists sagas and has their histories. */
export interface ReadableStore extends Pick<Persistency, 'name' | 'document' | 'close'> {
  page(query: ListQuery): Promise<Page>
}

/** Sagas of a page: their heads are in memory. */
const PAGE = 200

/** The histories of a store. `machine`: as its file has it, for filters by business state. */
export function storeHistories(store: ReadableStore, machine: unknown): HistorySource {
  return {
    async list(asked, take) {
      const query = readBulkFilter(asked.filters, { machine, configuration: undefined })
      if (typeof query === 'string') return { ok: false, why: query }
      try {
        return await listed(store, { query, most: asked.most }, take)
      } catch (thrown) {
        return { ok: false, why: reasonOf(thrown) }
      }
    },
    async past(id) {
      try {
        const document = await store.document(id)
        return document && pastOf(document)
      } catch (thrown) {
        return { ok: false, why: reasonOf(thrown) }
      }
    },
    close: () => store.close(),
  }
}

interface StoreQuery {
  readonly query: BulkFilter
  readonly most: number
}

async function listed(
  store: ReadableStore,
  { query, most }: StoreQuery,
  take: (ids: readonly string[]) => Promise<void>,
): Promise<HistoriesRead> {
  let [read, after]: [number, Cursor | undefined] = [0, undefined]
  do {
    const page: Page = await pageOfSagas(store, { ...query, limit: Math.min(PAGE, most - read), after })
    const ids = [...page.items, ...(page.unreadable ?? [])].map(({ id }) => id)
    await take(ids)
    read += ids.length
    after = page.next
  } while (after !== undefined && read < most)
  return { ok: true, isAll: after === undefined }
}
