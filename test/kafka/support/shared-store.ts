import { nodeRuntime } from '../../../adapters/runtime/node.ts'
import { readConfiguration } from '../../../src/config/read-configuration.ts'
import { attachPersistency } from '../../../src/orchestrator/attach.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { requireValid } from '../../../src/configuration-errors.ts'
import { sharedStores } from '../../../workers/shared-stores.ts'

/** A handle of the store in saga.json, beside the workers. */
export async function openStoreOf(configuration: string): Promise<Persistency> {
  const { persistency } = requireValid(await readConfiguration(configuration, { variable: () => undefined }))
  const place = { runtime: nodeRuntime('silent'), dataPath: '', passOver: () => undefined }
  return requireValid(
    attachPersistency(persistency, { makers: sharedStores, embedded: { type: 'memory', configurations: {} } }, place),
  )()
}

/** The sagas that a sweep would find at this instant. */
export async function dueIn(store: Persistency, until: number, limit: number): Promise<readonly string[]> {
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error(`ask "${store.name}" what is due: nobody can`)
  return (await recovery.findDue(until, limit)).map(({ saga }) => saga.id)
}
