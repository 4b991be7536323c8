/**
 * A JSON value as a text that is the same for equal values: 1 and 1.0 are equal, and so are objects in every order of keys.
 * `inner` makes the texts of the parts.
 */
export function sortedText(value: unknown, inner: (part: unknown) => string = (part) => sortedText(part)): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: unknown) => inner(item)).join()}]`
  const fields = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(fields).toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${inner(fields[key])}`).join()}}`
}

/** True if a value is an array or an object. */
export function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
