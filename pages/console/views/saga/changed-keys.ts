type Metadata = Readonly<Record<string, unknown>>

/** Keys at the top of the metadata that are new or have another value. */
export function changedKeys(before: Metadata, after: Metadata): readonly string[] {
  return Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
}
