import { withoutSecrets } from '../errors.ts'
import { isObject, type Path } from './json-tree.ts'
import { isSecretName } from './redact.ts'
import { Secret } from './secret.ts'

const LONGEST = 60

/** A value in the words of a message: texts in quotes and cut, objects and possible secrets by their type. */
export function describeValue(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'boolean') return String(value)
  if (mayBeSecret(path)) return describeSecret(value, path.at(-1))
  if (typeof value === 'string' && value !== '') return quote(withoutPastedSecrets(value, path))
  return typeof value === 'number' ? String(value) : describeType(value)
}

/** As `describeValue`, for a value in place of an object or an array, where a whole connection may be pasted as one text. */
export function describeMisplaced(value: unknown, path: Path): string {
  const [section] = path
  const isPlain = section === 'machineDefinition' || section === 'settings' || TOPICS.has(path.at(-1))
  return isPlain || mayBeSecret(path) || typeof value === 'boolean' ? describeValue(value, path) : describeType(value)
}

const TOPICS: ReadonlySet<unknown> = new Set(['inputTopics', 'outputTopics'])

/** Keys beside the secrets of their object that are none themselves. */
const OPEN: ReadonlySet<unknown> = new Set(['mechanism'])

function mayBeSecret(path: Path): boolean {
  return !OPEN.has(path.at(-1)) && path.some((key) => typeof key === 'string' && isSecretName(key))
}

/** Shows the parts that are no secret: the host of a URI, and a word such as "true" in place of TLS options. */
function describeSecret(value: unknown, key: string | number | undefined): string {
  if (typeof value !== 'string') return describeType(value)
  if (key === 'ssl' && /^(?:true|false|yes|no|on|off)$/i.test(value)) return quote(value)
  const isUri = (key === 'url' || key === 'connectionUri') && /^[a-z][a-z+]*:\/\//i.test(value)
  return isUri ? quote(withoutPassword(withoutSecrets(value))) : describeType(value)
}

/** The type of a value in the words of a message, such as "an empty array". */
export function describeType(value: unknown): string {
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

/** A URI with its secret may be pasted at a place that holds no secrets. */
function withoutPastedSecrets(text: string, path: Path): string {
  const [section] = path
  if (typeof section === 'string' && SECTIONS.has(section)) return redactedIn(text, path)
  return text.includes('=') || text.includes(':') ? withoutSecrets(text) : text
}

/** Sections that may hold URIs. The machine is none: "@" and "?" in its labels are plain characters. */
const SECTIONS: ReadonlySet<string> = new Set(['communicationProtocols', 'persistencyManagement', 'settings'])

/** At the place of a host, `user:password` without a host is a secret, too. */
function redactedIn(text: string, path: Path): string {
  const redacted = withoutSecrets(text)
  const isAddress = path.some((key) => key === 'endpoint' || key === 'host' || key === 'brokers')
  return isAddress && !redacted.includes('[') ? withoutPassword(redacted) : redacted
}

/** Cuts behind the first ":" that is followed neither by "//" nor by a port. */
function withoutPassword(text: string): string {
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const behind = text.slice(at + 1, at + 9)
    if (!/^(?:\/\/|\d{1,6}(?:[/,]|$))/.test(behind)) return `${text.slice(0, at)}:[redacted]`
  }
  return text
}
