import type { Persistency } from '../../../../src/ports/persistency.ts'
import { guardedStore } from './guarded-store.ts'
import type { StoreParts } from './store-parts.ts'

/** One kind of store for each kind of `can`. */
export const STORE_KINDS = ['shared', 'single'] as const

/** A kind of store. */
export type StoreKind = (typeof STORE_KINDS)[number]

/** Properties of a kind that a run depends on. */
export interface StoreTraits {
  /** Several processes use it at the same time. */
  readonly isShared: boolean
  readonly open: (parts: StoreParts) => Persistency
}

/** The traits of each kind. */
export const STORES: Readonly<Record<StoreKind, StoreTraits>> = {
  shared: { isShared: true, open: (parts) => guardedStore(parts, true) },
  single: { isShared: false, open: (parts) => guardedStore(parts, false) },
}
