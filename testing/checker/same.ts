/** Equality of JSON values. An absent field equals one that is `undefined`; the order of keys does not count. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isObject(one) || !isObject(other)) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  for (const key of keys) if (!same(fieldOf(one, key), fieldOf(other, key))) return false
  return true
}

/** Own fields alone: `toString` is not a field of every object. */
function fieldOf(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Names of the fields, of those given, whose values differ. */
export function differing<Field extends string>(
  one: Readonly<Partial<Record<Field, unknown>>>,
  other: Readonly<Partial<Record<Field, unknown>>>,
  fields: readonly Field[],
): readonly Field[] {
  return fields.filter((field) => !same(one[field], other[field]))
}

/** A value in a sentence: JSON, cut after 120 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`
}
