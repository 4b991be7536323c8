import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import type { MemoryOptions } from '../../adapters/persistency/memory.ts'
import type { Persistency } from '../../src/ports/persistency.ts'

/** The store in memory under a clock that stands still: its queries never pause on a timer of the host, which no simulation waits for. */
export function timelessMemory(options: MemoryOptions = {}): Persistency {
  return memoryPersistency({ ...options, slices: { now: () => 0, wait: () => Promise.resolve() } })
}
