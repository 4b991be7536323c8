import { withoutSecrets } from '../errors.ts'
import { isSecretName } from './redact.ts'
import { Secret } from './secret.ts'
import { isObject, type Path } from './json-tree.ts'

const LONGEST = 60

/** How a message speaks of a value: a string in quotes, a long one cut, objects and secrets by their type only. */
export function found(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing'
  if (path.some((key) => typeof key === 'string' && isSecretName(key))) return typeOf(value)
  if (typeof value === 'string' && value !== '') return quote(safe(value, path))
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

function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}

/** Even at a place that holds no secrets, one may have been pasted with its URI. */
function safe(text: string, path: Path): string {
  const [section] = path
  if (typeof section === 'string' && SECTIONS.has(section)) return inSection(text, path)
  return text.includes('=') || text.includes(':') ? withoutSecrets(text) : text
}

/** Of the file, but the machine: nobody writes "@" and "?" into its labels and means a secret. */
const SECTIONS: ReadonlySet<string> = new Set(['communicationProtocols', 'persistencyManagement', 'settings'])

/** `user:password` without a host is one more secret at the place of a host. */
function inSection(text: string, path: Path): string {
  const shown = withoutSecrets(text)
  const isAddress = path.some((key) => key === 'endpoint' || key === 'host' || key === 'brokers')
  return isAddress && !shown.includes('[') ? withoutPassword(shown) : shown
}

/** Up to the first ":" behind which neither "//" nor a port stands. */
function withoutPassword(text: string): string {
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const behind = text.slice(at + 1, at + 9)
    if (!/^(?:\/\/|\d{1,6}(?:[/,]|$))/.test(behind)) return `${text.slice(0, at)}:[redacted]`
  }
  return text
}
