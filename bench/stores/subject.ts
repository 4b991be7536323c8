import type { Persistency } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'

export const STORES = ['rest', 'crud', 'mongo', 'upstash-redis', 'redis', 'deno-kv'] as const
export type StoreName = (typeof STORES)[number]

/** A store, and the same client with nothing of ours around it. */
export interface StoreSubject {
  readonly store: Persistency
  readonly bare: BareWriter
  /** Throws away what there is, between measurements. */
  empty?(): Promise<void>
  close(): Promise<void>
}

/**
 * Plain conditional writes: what is sent was made beforehand of a recorded saga, and only the id and the condition are put in.
 * Both throw where the write is not taken.
 */
export interface BareWriter {
  create(id: string): Promise<Revision>
  /** The write of the saga's event of this number, from 1 on, if the last write is still that of `revision`. */
  write(id: string, number: number, revision: Revision): Promise<Revision>
}

/** What the next write is conditional on, as the server told it; nothing where it is known beforehand. */
export type Revision = string | undefined

/** Opens a subject on the server at `address`. */
export type OpenSubject = (address: string, runtime: Runtime, recorded: readonly Recorded[]) => Promise<StoreSubject>

/** The element at a place that is there. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list[place]
  if (found === undefined) throw new RangeError(`there is nothing at ${place}`)
  return found
}

export function refused(what: string, found: unknown): Error {
  return new Error(`bare ${what}: it was not taken: ${JSON.stringify(found)}`)
}
