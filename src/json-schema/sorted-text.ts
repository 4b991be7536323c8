/** A JSON value as a text that is the same for equal values: 1 and 1.0 are equal, and so are objects in every order of keys. */
export function sortedText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(sortedText).join()}]`
  const fields = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(fields).toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedText(fields[key])}`).join()}}`
}
