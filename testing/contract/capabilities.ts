import type { Capabilities } from '../../src/ports/persistency.ts'

/** Capabilities of a store (P17) without their methods, to compare and to print. */
export interface Said {
  readonly compareAndSet: Capabilities['compareAndSet']
  readonly shared: boolean
  readonly growth: Capabilities['growth']
  readonly recovery: Capabilities['recovery']['by']
  readonly list: boolean
  readonly removal: boolean
  readonly records: boolean
  readonly counts: boolean
  readonly limit: Capabilities['limit']
}

/** A capability in which stores differ. */
export type Capability = keyof Said

/** The capabilities of a store, as plain data. */
export function saidBy({ recovery, list, removal, counts, records, ...can }: Capabilities): Said {
  const { compareAndSet, shared, growth, limit } = can
  return {
    compareAndSet,
    shared,
    growth,
    recovery: recovery.by,
    list: list !== false,
    removal: removal !== false,
    records: records !== false,
    counts: counts !== false,
    limit,
  }
}

/** A capability that another store has; a store without it gives a reason. */
export function lackedBy(said: Said): Capability[] {
  const lacked = {
    compareAndSet: said.compareAndSet !== 'always',
    shared: !said.shared,
    growth: said.growth !== 'append',
    recovery: said.recovery !== 'sweep',
    list: !said.list,
    removal: !said.removal,
    records: !said.records,
    counts: !said.counts,
    limit: said.limit !== false,
  } satisfies Record<Capability, boolean>
  return (Object.keys(lacked) as Capability[]).filter((capability) => lacked[capability])
}
