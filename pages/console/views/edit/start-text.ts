/** Keys of settings whose values the service hides, in lower case. */
const HIDDEN: ReadonlySet<string> = new Set(['headers', 'sasl', 'ssl', 'signing'])
const URIS: ReadonlySet<string> = new Set(['connectionuri', 'url'])
const REDACTED = '[redacted]'
/** Stands for a hidden secret. It is never followed. */
const STAND_IN = { type: 'env', name: 'REDACTED' }

/**
 * The running saga.json as a text to begin with, made of `GET /configuration`: valid, without `headers`, `sasl`, `ssl` and `signing`,
 * and with a reference in place of each other secret.
 */
export function startText(configuration: unknown): string {
  const shown = isRecord(configuration) ? fromEntries(configuration, (value, key) => section(value, key)) : {}
  return `${JSON.stringify(shown, null, 2)}\n`
}

/** The machine is shown as it was written. */
function section(value: unknown, key: string): unknown {
  return key === 'machineDefinition' ? value : open(value, key)
}

function open(value: unknown, key: string): unknown {
  if (typeof value === 'string') return text(value, key)
  if (Array.isArray(value)) return value.map((item: unknown) => open(item, ''))
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([name]) => !HIDDEN.has(name.toLowerCase()))
  return fromEntries(Object.fromEntries(kept), open)
}

function text(value: string, key: string): unknown {
  if (!value.includes(REDACTED)) return value
  return value === REDACTED || URIS.has(key.toLowerCase()) ? STAND_IN : value.replaceAll(REDACTED, 'redacted')
}

type Tree = Readonly<Record<string, unknown>>

/** `fromEntries` defines keys instead of assigning them, so `__proto__` stays a key. */
function fromEntries(object: Tree, map: (value: unknown, key: string) => unknown): Tree {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]))
}

function isRecord(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value)
}
