import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { failureText } from '../../service/api-client.ts'
import type { ApiClient } from '../../service/api-client.ts'
import { readPages } from '../../service/saga-pages.ts'
import type { HistorySource } from './history-source.ts'
import { pastOf } from './past-saga.ts'

/** The histories of a running service, over HTTP. */
export function serviceHistories(client: ApiClient): HistorySource {
  return {
    async list({ filters, most }, take) {
      const read = await readPages(client, { filters, most }, (items) => take(items.map(({ sagaId }) => sagaId)))
      return read.ok ? { ok: true, isAll: read.next === undefined } : { ok: false, why: failureText(read) }
    },
    async past(id) {
      const answer = await client.send({ path: `/sagas/${encodeURIComponent(id)}` })
      if (answer.ok) return pastOf(answer.value as SagaDocument)
      return answer.status === 404 ? undefined : { ok: false, why: failureText(answer) }
    },
    close: async () => undefined,
  }
}
