import { withoutSecrets } from '../errors.ts'
import { isObject, type JsonObject } from './json-tree.ts'

const REDACTED = '[redacted]'
const DEEPEST = 100

/** Keys of objects whose values are all secrets (C2.6). */
const CONTAINERS: ReadonlySet<string> = new Set(['headers', 'sasl', 'ssl', 'signing'])
const URIS: ReadonlySet<string> = new Set(['connectionuri', 'url'])
/** Names of our secrets, and of probable secrets under unknown keys. */
const SECRET_NAME = /token|passw|passphrase|username|secret|credential|authorization|api[-_]?key|^CONFIGURATION$/i

/** True if a value under this key is never printed, whatever it is. */
export function isSecretName(name: string): boolean {
  return isContainer(name) || isUri(name) || SECRET_NAME.test(name)
}

/** In any letter case: an unknown key such as "Headers" is probably meant. */
function isContainer(name: string): boolean {
  return CONTAINERS.has(name.toLowerCase())
}

function isUri(name: string): boolean {
  return URIS.has(name.toLowerCase())
}

/** Options of `redact`. */
export interface RedactOptions {
  /** The store is of a type of the host's own, so that any text of its settings may be a secret. Default: false. */
  readonly hasOwnStore?: boolean | undefined
}

/**
 * A copy of the configuration as written, without its secrets (C2.6, `GET /configuration`). The machine is unchanged.
 */
export function redact(configuration: unknown, { hasOwnStore = false }: RedactOptions = {}): unknown {
  if (!isObject(configuration)) return cover(configuration, '', 0)
  return mapValues(configuration, (value, key) => {
    if (key === 'machineDefinition') return value
    if (key === 'settings') return coverSettings(value)
    return key === 'persistencyManagement' && hasOwnStore ? coverOwnStore(value) : cover(value, key, 1)
  })
}

/** The source of a merge hook is shown as written, as those of the machine are. */
function coverSettings(settings: unknown): unknown {
  if (!isObject(settings)) return cover(settings, '', 1)
  return mapValues(settings, (value, key) => {
    if (key !== 'deepMergeMetadata' || !isObject(value)) return cover(value, key, 2)
    return mapValues(value, (inner, name) => (name === 'hook' ? inner : cover(inner, name, 3)))
  })
}

function coverOwnStore(store: unknown): unknown {
  if (!isObject(store)) return REDACTED
  return mapValues(store, (value, key) => (key === 'type' ? value : coverTexts(value, key, 1)))
}

/** As `cover`, without any text. */
function coverTexts(value: unknown, name: string, depth: number): unknown {
  if (typeof value === 'string' || depth > DEEPEST) return REDACTED
  if (Array.isArray(value)) return value.map((item: unknown) => coverTexts(item, '', depth + 1))
  if (!isObject(value)) return cover(value, name, depth)
  return mapValues(value, (inner, key) => coverTexts(inner, key, depth + 1))
}

function cover(value: unknown, name: string, depth: number): unknown {
  if (depth > DEEPEST) return REDACTED
  if (isContainer(name)) return coverContainer(value)
  if (isUri(name)) return typeof value === 'string' ? coverUri(value) : REDACTED
  if (SECRET_NAME.test(name)) return REDACTED
  if (typeof value === 'string') return withoutSecrets(value)
  if (Array.isArray(value)) return value.map((item: unknown) => cover(item, '', depth + 1))
  if (!isObject(value)) return value
  if (name === 'brokers') return REDACTED
  return mapValues(value, (inner, key) => cover(inner, key, depth + 1))
}

/** Keys stay, since they show what is configured. So does `ssl: true`, which is no secret. */
function coverContainer(value: unknown): unknown {
  if (typeof value === 'boolean') return value
  return isObject(value) ? mapValues(value, () => REDACTED) : REDACTED
}

/** A text without a scheme is no URI, so it may be a secret as a whole. */
function coverUri(uri: string): string {
  return uri.includes('://') ? withoutSecrets(uri) : REDACTED
}

/** `fromEntries` defines keys instead of assigning them, so `__proto__` stays a key. */
function mapValues(object: JsonObject, map: (value: unknown, key: string) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]))
}
