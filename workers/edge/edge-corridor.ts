import { LIMIT } from '../../adapters/persistency/durable-object.ts'
import type { SagaId } from '../../src/engine/saga.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import { mayBeOurs } from '../../src/orchestrator/ids.ts'
import type { BoundService } from './bound-service.ts'
import { edgePauses } from './edge-pauses.ts'
import { withExistenceCheck } from './existence-check.ts'
import type { MayExist } from './existence-check.ts'
import { isolateCorridor } from './isolate-corridor.ts'
import type { LocalWorkerd } from './local-workerd.ts'
import { hasObjectFile } from './object-files.ts'
import { objectsCorridor } from './objects-corridor.ts'
import type { AdmitCall, RemoteSaga } from './objects-corridor.ts'
import type { OpenStore } from './prepare-edge.ts'
import { storeReads } from './store-reads.ts'

/** The corridor of the Worker: in objects where they are bound, else in the isolate (P19). */
export function edgeCorridor(service: BoundService, { objectsFolder, descriptors }: LocalWorkerd): Corridor {
  const { sagas, openStore, runtime, incidents, host } = service
  if (sagas === undefined) {
    if (openStore !== undefined) return isolateCorridor(service, openStore)
    throw new Error('there are neither objects nor a store') // `boundService` has refused such a configuration
  }
  const find = (id: SagaId) => sagas.getByName(id) as unknown as RemoteSaga
  const admit: AdmitCall | undefined = descriptors && ((call) => descriptors.run(call))
  const paused = async () => (await (await edgePauses(service)).known()).paused
  const objects = objectsCorridor(find, { runtime, incidents, admit, paused })
  const hasFile: MayExist | undefined =
    objectsFolder && ((id) => hasObjectFile(objectsFolder, sagas.idFromName(id).toString()))
  const { metrics } = host
  if (openStore === undefined) {
    return withExistenceCheck(objects, { runtime, metrics, mayExist: storedInObjects(hasFile), limit: LIMIT })
  }
  const mayExist = storedElsewhere(hasFile, openStore)
  const checked = withExistenceCheck(objects, { runtime, metrics, mayExist, limit: false })
  return { ...checked, ...storeReads(openStore, runtime) }
}

/**
 * For sagas that are stored in their objects: an object that exists has a file. Without the folder of files only ids that we
 * cannot have made are refused; there the platform keeps nothing of an object that has written nothing.
 */
function storedInObjects(hasFile: MayExist | undefined): MayExist {
  return async (id) => mayBeOurs(id) && (hasFile === undefined || (await hasFile(id)))
}

/** For sagas of a shared store, which other workers may have created: reads the store where the saga has no object yet. */
function storedElsewhere(hasFile: MayExist | undefined, open: OpenStore): MayExist {
  return async (id) => hasFile === undefined || (await hasFile(id)) || (await (await open()).load(id)) !== undefined
}
