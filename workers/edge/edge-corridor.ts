import { LIMIT } from '../../adapters/persistency/durable-object.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import { mayBeOurs } from '../../src/orchestrator/ids.ts'
import type { BoundService } from './bound-service.ts'
import { hasObjectFile } from './object-files.ts'
import { isolateCorridor } from './isolate-corridor.ts'
import { withExistenceCheck } from './existence-check.ts'
import type { LocalWorkerd } from './local-workerd.ts'
import { objectsCorridor } from './objects-corridor.ts'
import type { RemoteSaga } from './objects-corridor.ts'
import type { OpenStore } from './prepare-edge.ts'
import { storeReads } from './store-reads.ts'

/** The corridor of the Worker: in objects where any are bound, else in the isolate (P19). */
export function edgeCorridor(here: BoundService, { folder, room }: LocalWorkerd): Corridor {
  const { sagas, openStore, runtime, host } = here
  if (sagas === undefined) {
    if (openStore !== undefined) return isolateCorridor(here, openStore)
    throw new Error('there are neither objects nor a store') // `bound` has refused such a configuration
  }
  const find = (id: string) => sagas.getByName(id) as unknown as RemoteSaga
  const objects = objectsCorridor(find, {
    runtime,
    incidents: here.incidents,
    admit: room && ((call) => room.run(call)),
  })
  const isHere = folder && ((id: string) => hasObjectFile(folder, sagas.idFromName(id).toString()))
  const { metrics } = host
  if (openStore === undefined) {
    return withExistenceCheck(objects, { runtime, metrics, mayExist: embedded(isHere), limit: LIMIT })
  }
  const known = withExistenceCheck(objects, { runtime, metrics, mayExist: elsewhere(isHere, openStore), limit: false })
  return { ...known, ...storeReads(openStore, runtime) }
}

type MayExist = (id: string) => Promise<boolean>

/**
 * Sagas that live in their objects: the file says it. Where no folder is bound, the platform keeps nothing of an object that
 * has written nothing; then only ids that we cannot have made are told apart.
 */
function embedded(isHere: MayExist | undefined): MayExist {
  return async (id) => mayBeOurs(id) && (isHere === undefined || (await isHere(id)))
}

/** Sagas of a store that is somewhere else, where others may create them: it is asked once, before there is an object here. */
function elsewhere(isHere: MayExist | undefined, open: OpenStore): MayExist {
  return async (id) => isHere === undefined || (await isHere(id)) || (await (await open()).load(id)) !== undefined
}
