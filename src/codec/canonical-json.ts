/** Encodes a JSON value to the same text for every order of its keys. Recursive: `parseJson` bounds the depth. */
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

/** `JSON.stringify` is ten times as fast and gives the same text where nothing inside has keys to sort. */
function isFlat(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value !== 'object' || value === null)
}
