import type { Runtime } from '../../src/ports/runtime.ts'
import type { Bindings } from './bound-service.ts'
import { FOLDER } from './object-files.ts'
import type { Disk } from './object-files.ts'
import { DESCRIPTOR_LIMIT, DESCRIPTORS, Room } from './descriptor-budget.ts'

/** What a workerd of one's own lets us see of itself; absent on Cloudflare, and in tools that start workerd their way. */
export interface LentHere {
  readonly folder?: Disk | undefined
  readonly room?: Room | undefined
}

/** Reads the bindings that `scripts/workerd/capnp.ts` makes. */
export function lentHere(env: Bindings, runtime: Runtime): LentHere {
  const [folder, descriptors, limit] = [env[FOLDER], env[DESCRIPTORS], Number(env[DESCRIPTOR_LIMIT])]
  const room = isDisk(descriptors) && limit > 0 ? new Room(descriptors, limit, runtime) : undefined
  return { folder: isDisk(folder) ? folder : undefined, room }
}

function isDisk(binding: unknown): binding is Disk {
  return typeof binding === 'object' && binding !== null && 'fetch' in binding
}
