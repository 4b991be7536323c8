import type { Persistency } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'

export const STORES = ['rest', 'crud', 'mongo', 'upstash-redis', 'redis', 'deno-kv'] as const
export type StoreName = (typeof STORES)[number]

/** A store of ours, and its client library alone. */
export interface StoreSubject {
  readonly store: Persistency
  readonly bare: BareWriter
  /** Deletes all data, between measurements. */
  empty?(): Promise<void>
  close(): Promise<void>
}

/**
 * Plain conditional writes. Their contents are made beforehand of a recorded saga; only the id and the condition are filled in.
 * Both throw where the write is refused.
 */
export interface BareWriter {
  create(id: string): Promise<Revision>
  /** Writes the saga's event `number`, from 1 on, if the last write is still that of `revision`. */
  write(id: string, number: number, revision: Revision): Promise<Revision>
}

/** The condition of the next write, as returned by the server; `undefined` where it is known beforehand. */
export type Revision = string | undefined

/** Opens a subject on the server at `address`. */
export type OpenSubject = (address: string, runtime: Runtime, recorded: readonly Recorded[]) => Promise<StoreSubject>

/** The element at `place`. Throws where there is none. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list[place]
  if (found === undefined) throw new RangeError(`there is nothing at ${place}`)
  return found
}

export function refused(what: string, found: unknown): Error {
  return new Error(`bare ${what}: it was not taken: ${JSON.stringify(found)}`)
}
