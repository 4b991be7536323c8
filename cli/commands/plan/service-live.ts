import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { ApiClient } from '../../service/api-client.ts'
import { readPages } from '../../service/saga-pages.ts'
import type { SagaListPage } from '../../service/saga-pages.ts'
import type { LiveSource } from './live-source.ts'

/** At 200 sagas a request, half a minute. */
const MOST_LISTED = 100_000
/** The status of a saga whose stored form is damaged. */
const UNREADABLE = 500

/** The sagas of a running service, over HTTP. */
export function serviceLive(client: ApiClient, url: URL): LiveSource {
  return {
    place: url.origin + url.pathname.replace(/\/$/, ''),
    mostListed: MOST_LISTED,
    machine: () => client.send({ path: '/machine-definition' }),
    async count(filters) {
      const answer = await client.send({ path: '/sagas', query: { ...filters, counts: 'true', limit: '1' } })
      return answer.ok ? { ok: true, counts: (answer.value as SagaListPage).counts } : answer
    },
    list: (asked, take) => readPages(client, asked, take),
    async document(id) {
      const answer = await client.send({ path: `/sagas/${encodeURIComponent(id)}` })
      if (answer.ok) return answer.value as SagaDocument
      return answer.status === 404 || answer.status === UNREADABLE ? undefined : answer
    },
    close: async () => undefined,
  }
}
