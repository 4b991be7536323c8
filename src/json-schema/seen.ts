import type { SchemaRun } from './schema-run.ts'

/**
 * The properties and items of one value that keywords have evaluated: what remains is for `unevaluatedProperties` and
 * `unevaluatedItems`. Kept only for schemas that have one of these.
 */
export class Seen {
  readonly keys: Set<string> = new Set()
  readonly indexes: Set<number> = new Set()
  /** Items before this index. Infinite: all. */
  items = 0
  hasAllKeys = false

  merge(other: Seen, value: unknown, run: SchemaRun): void {
    run.spendOnKeys(value, other.keys.size + other.indexes.size)
    for (const key of other.keys) this.keys.add(key)
    for (const index of other.indexes) this.indexes.add(index)
    this.items = Math.max(this.items, other.items)
    this.hasAllKeys ||= other.hasAllKeys
  }
}
