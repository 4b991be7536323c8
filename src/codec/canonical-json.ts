/** A JSON value as the same text whatever the order of its keys. As deep as `parseJson` lets it be, hence by recursion. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return isFlat(value) ? JSON.stringify(value) : `[${value.map(canonical).join()}]`
  const fields = value as Readonly<Record<string, unknown>>
  const written = Object.keys(fields)
  const keys = written.toSorted()
  const isSorted = keys.every((key, at) => key === written[at])
  if (isSorted && isFlat(Object.values(fields))) return JSON.stringify(fields)
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(fields[key])}`).join()}}`
}

/** The platform's own encoder is ten times as fast, and says the same of what has no keys to be sorted inside. */
function isFlat(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value !== 'object' || value === null)
}
