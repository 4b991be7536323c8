import { sweepStore, taggedStore } from './guarded-store.ts'
import { releaseLeases } from './release-leases.ts'
import type { StoreOfProcess, SimulatedStoreParts } from './simulated-store-parts.ts'
import { untaggedStore } from './untagged-store.ts'

/** One kind of store for each kind of `can`. */
export const STORE_KINDS = ['shared', 'single', 'object', 'tagged', 'untagged'] as const

/** A kind of store. */
export type StoreKind = (typeof STORE_KINDS)[number]

/** Properties of a kind that a run depends on. */
export interface StoreTraits {
  /** Several processes may write the same sagas (P12). */
  readonly isShared: boolean
  /** Most processes that use it at the same time. */
  readonly processes: number
  /** Requests are repeated until their commands are out; deadlines are refused (P17). */
  readonly isRedelivered: boolean
  /** Opens it for a process that starts. Absent: each saga has a store and a process of its own. */
  readonly open?: ((parts: SimulatedStoreParts) => StoreOfProcess) | undefined
}

/** The traits of each kind. */
export const STORES: Readonly<Record<StoreKind, StoreTraits>> = {
  shared: { isShared: true, processes: 3, isRedelivered: false, open: (parts) => sweepStore(parts, true) },
  single: {
    isShared: false,
    processes: 1,
    isRedelivered: false,
    open: (parts) => {
      releaseLeases(parts.sagas)
      return sweepStore(parts, false)
    },
  },
  object: { isShared: false, processes: 1, isRedelivered: false },
  tagged: { isShared: true, processes: 3, isRedelivered: true, open: taggedStore },
  untagged: { isShared: true, processes: 1, isRedelivered: true, open: untaggedStore },
}
