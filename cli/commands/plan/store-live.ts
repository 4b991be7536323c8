import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import { isUnreadableSaga, reasonOf } from '../../../src/errors.ts'
import { readBulkFilter } from '../../../src/http/bulk-request.ts'
import type { BulkFilter } from '../../../src/orchestrator/bulk/bulk-operation.ts'
import type { Cursor } from '../../../src/ports/persistency.ts'
import type { ServiceFailure } from '../../service/api-client.ts'
import type { SagaListItem } from '../../service/saga-pages.ts'
import type { ReadableStore } from '../replay/store-histories.ts'
import type { LiveSource } from './live-source.ts'

/** Sagas of a page: their heads are in memory. */
const PAGE = 200

/** The sagas of a store, beside the service that owns it. They are listed: no store has to count for a reader. */
export function storeLive(store: ReadableStore, place: string): LiveSource {
  return {
    place,
    mostListed: Number.POSITIVE_INFINITY,
    machine: async () => ({ ok: true, value: undefined }),
    count: async () => ({ ok: true }),
    async list({ filters, most }, take) {
      const query = readBulkFilter(filters, { machine: undefined, configuration: undefined })
      if (typeof query === 'string') return failure(query)
      try {
        return { ok: true, next: await listed(store, { query, most }, take) }
      } catch (thrown) {
        return failure(reasonOf(thrown))
      }
    },
    async document(id) {
      try {
        return await store.document(id)
      } catch (thrown) {
        return isUnreadableSaga(thrown) ? undefined : failure(reasonOf(thrown))
      }
    },
    close: () => store.close(),
  }
}

interface AskedOfStore {
  readonly query: BulkFilter
  readonly most: number
}

/** Answers where the list goes on; `undefined` at its end. */
async function listed(
  store: ReadableStore,
  { query, most }: AskedOfStore,
  take: (items: readonly SagaListItem[]) => void | Promise<void>,
): Promise<string | undefined> {
  let [read, after]: [number, Cursor | undefined] = [0, undefined]
  do {
    const page = await store.page({ ...query, limit: Math.min(PAGE, most - read), after })
    const damaged = (page.unreadable ?? []).map(({ id, why }) => ({ sagaId: id, unreadable: why }))
    await take([...page.items.map(encodeSummary), ...damaged])
    read += page.items.length + damaged.length
    after = page.next
  } while (after !== undefined && read < most)
  return after?.id
}

function failure(message: string): ServiceFailure {
  return { ok: false, status: 0, message }
}
