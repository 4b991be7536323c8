import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { failureText } from '../../service/api-client.ts'
import type { ApiClient } from '../../service/api-client.ts'
import type { SagaListPage } from '../../service/saga-pages.ts'
import { machineShown } from './deployed-machine.ts'
import type { SagaSource } from './saga-source.ts'

/** The largest page of the service. */
const PAGE = '200'
/** The status of a saga whose stored form is damaged. */
const UNREADABLE = 500

/** The sagas of a running service, over HTTP. Throws where it does not answer or refuses. */
export async function serviceSource(client: ApiClient): Promise<SagaSource> {
  const machine = await machineShown(await ask(client, '/configuration'))
  return {
    machine,
    async *pages() {
      for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
        const page = await ask(client, '/sagas', { limit: PAGE, cursor })
        const { items, next } = page as SagaListPage
        yield items
        cursor = next
      }
    },
    async document(sagaId) {
      const answer = await client.send({ path: `/sagas/${encodeURIComponent(sagaId)}` })
      if (answer.ok) return answer.value as SagaDocument
      if (answer.status === 404) return undefined
      if (answer.status === UNREADABLE) return { sagaId, unreadable: answer.message }
      throw new Error(failureText(answer))
    },
    close: async () => undefined,
  }
}

async function ask(client: ApiClient, path: string, query: Record<string, string | undefined> = {}): Promise<unknown> {
  const answer = await client.send({ path, query })
  if (!answer.ok) throw new Error(failureText(answer))
  return answer.value
}
