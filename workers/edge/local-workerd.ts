import type { Runtime } from '../../src/ports/runtime.ts'
import type { Bindings } from './bound-service.ts'
import { OBJECTS_FOLDER } from './object-files.ts'
import type { DiskService } from './object-files.ts'
import { DESCRIPTOR_LIMIT, DESCRIPTORS, DescriptorBudget } from './descriptor-budget.ts'

/** What a workerd of one's own lets us see of itself; absent on Cloudflare, and in tools that start workerd their way. */
export interface LocalWorkerd {
  readonly folder?: DiskService | undefined
  readonly room?: DescriptorBudget | undefined
}

/** Reads the bindings that `scripts/workerd/capnp.ts` makes. */
export function localWorkerd(env: Bindings, runtime: Runtime): LocalWorkerd {
  const [folder, descriptors, limit] = [env[OBJECTS_FOLDER], env[DESCRIPTORS], Number(env[DESCRIPTOR_LIMIT])]
  const room = isDisk(descriptors) && limit > 0 ? new DescriptorBudget(descriptors, limit, runtime) : undefined
  return { folder: isDisk(folder) ? folder : undefined, room }
}

function isDisk(binding: unknown): binding is DiskService {
  return typeof binding === 'object' && binding !== null && 'fetch' in binding
}
