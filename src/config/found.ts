import { isSecretName, withoutUserinfo } from './redact.ts'
import { Secret } from './secret.ts'
import { isObject, type Path } from './tree.ts'

const LONGEST = 60

/** How a message speaks of a value: a string in quotes, a long one cut, objects and secrets by their type only. */
export function found(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing'
  if (path.some((key) => typeof key === 'string' && isSecretName(key))) return typeOf(value)
  if (typeof value === 'string' && value !== '') return quote(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeOf(value)
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value instanceof Secret) return 'a secret'
  if (isObject(value)) return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
  if (value === '') return 'an empty string'
  return value === undefined ? 'nothing' : `a ${typeof value}`
}

/** Even at a place that holds no secrets, one may have been pasted with its URI. */
function quote(text: string): string {
  const safe = withoutQuery(text.includes(':') ? withoutUserinfo(text) : text)
  return JSON.stringify(safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe)
}

function withoutQuery(text: string): string {
  const query = text.indexOf('?')
  return query >= 0 && text.includes('=', query) ? `${text.slice(0, query)}?[redacted]` : text
}
