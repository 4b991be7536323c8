import { afterAll } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import type { StoreSubject } from '../../testing/contract/subject.ts'
import { STORES } from '../../testing/stores.ts'
import type { Store } from '../../testing/stores.ts'
import { restService } from './rest-service.ts'

const { fetch } = nodeRuntime('silent')

const tagged = await restService()
const onReads = await restService({ tags: 'on-reads', least: true })
const untagged = await restService({ tags: 'none' })
afterAll(() => Promise.all([tagged, onReads, untagged].map((service) => service.close())))

const [strong, none] = [STORES['rest (strong tags)'], STORES['rest (no tags)']]
persistencyContract('rest, with tags', subjectOf(tagged, strong))
persistencyContract('rest, with tags on reads that answer the least', subjectOf(onReads, strong))
persistencyContract('rest, without tags', subjectOf(untagged, none))

/** A path of its own for each test. */
function subjectOf(service: typeof tagged, { gaps }: Store): StoreSubject {
  let made = 0
  const open = async () => restPersistency(service.settings(`/run-${made}/sagas/`), fetch)
  const spoil: StoreSubject['spoil'] = async (id) => {
    const url = [...service.documents.keys()].find((path) => path.endsWith(`/run-${made}/sagas/${id}`)) ?? ''
    const { body, version } = service.documents.get(url) ?? { body: '{}', version: 0 }
    service.documents.set(url, { body: JSON.stringify({ ...(JSON.parse(body) as object), currentState: 7 }), version })
    return async () => void service.documents.set(url, { body, version })
  }
  return { open: () => (made++, open()), reopen: open, spoil, gaps }
}
