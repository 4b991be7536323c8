import { afterAll } from 'vitest'
import { restPersistency } from '../../adapters/persistency/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import type { Subject } from '../../testing/contract/subject.ts'
import { restService } from './rest-service.ts'

const { fetch } = nodeRuntime('silent')

const tagged = await restService()
const onReads = await restService({ tags: 'on-reads', least: true })
const untagged = await restService({ tags: 'none' })
afterAll(() => Promise.all([tagged, onReads, untagged].map((service) => service.close())))

persistencyContract('rest, with tags', { ...subjectOf(tagged), isTagged: true })
persistencyContract('rest, with tags on reads that answer the least', { ...subjectOf(onReads), isTagged: true })
persistencyContract('rest, without tags', subjectOf(untagged))

/** A path of its own for each test. */
function subjectOf(service: typeof tagged): Subject {
  let made = 0
  const open = async () => restPersistency(service.settings(`/run-${made}/sagas/`), fetch)
  return { open: () => (made++, open()), reopen: open }
}
