import type { Runtime } from '../../src/ports/runtime.ts'
import type { Bindings } from './bound-service.ts'
import { DESCRIPTOR_LIMIT, DESCRIPTORS, DescriptorBudget } from './descriptor-budget.ts'
import { OBJECTS_FOLDER } from './object-files.ts'
import type { DiskService } from './object-files.ts'

/** The view of its own process that `npm run start:workerd` binds; absent on Cloudflare and in Miniflare. */
export interface LocalWorkerd {
  /** The folder of the objects' files. */
  readonly objectsFolder?: DiskService | undefined
  /** The open file descriptors, on Linux. */
  readonly descriptors?: DescriptorBudget | undefined
}

/** Reads the bindings that `scripts/workerd/capnp.ts` makes. */
export function localWorkerd(env: Bindings, runtime: Runtime): LocalWorkerd {
  const [folder, descriptors, limit] = [env[OBJECTS_FOLDER], env[DESCRIPTORS], Number(env[DESCRIPTOR_LIMIT])]
  return {
    objectsFolder: isDisk(folder) ? folder : undefined,
    descriptors: isDisk(descriptors) && limit > 0 ? new DescriptorBudget(descriptors, limit, runtime) : undefined,
  }
}

function isDisk(binding: unknown): binding is DiskService {
  return typeof binding === 'object' && binding !== null && 'fetch' in binding
}
