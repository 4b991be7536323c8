import type { Bytes, HeaderValue, KafkaRecord } from '../driver.ts'
import { textOf } from './utf8.ts'

/** All header values, each with its name. Empty for message formats before 2. Values that are neither text nor bytes are dropped. */
export function headersOf({ headers }: Pick<KafkaRecord, 'headers'>): [name: string, value: Bytes | null][] {
  return Object.entries(headers ?? {}).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).filter(isValue).map((value): [string, Bytes | null] => [name, value]),
  )
}

/**
 * The last text under this name. `name` is in lower case and matches any case, since headers may come from HTTP. Values that are
 * null, empty or not UTF-8 are skipped.
 */
export function headerOf({ headers }: Pick<KafkaRecord, 'headers'>, name: string): string | undefined {
  let found: string | undefined
  for (const given in headers ?? {}) {
    if (given.length !== name.length || given.toLowerCase() !== name) continue
    found = lastText(headers?.[given]) ?? found
  }
  return found
}

/**
 * The values of the headers with these names (lower case), one character a byte. Several values of one name are joined as HTTP joins
 * them; null and empty ones are skipped. `undefined` where there are none.
 */
export function valuesOf(
  { headers }: Pick<KafkaRecord, 'headers'>,
  names: ReadonlySet<string>,
): ReadonlyMap<string, string> | undefined {
  let values: Map<string, string> | undefined
  for (const given in headers ?? {}) {
    const name = given.toLowerCase()
    if (!names.has(name)) continue
    const text = joined(headers?.[given])
    if (text === '') continue
    values ??= new Map()
    const before = values.get(name)
    values.set(name, before === undefined ? text : `${before}, ${text}`)
  }
  return values
}

function joined(given: HeaderValue): string {
  if (!Array.isArray(given)) return bytesOf(given)
  return given
    .map((value) => bytesOf(value))
    .filter((text) => text !== '')
    .join(', ')
}

/** One character a byte; empty for a value that is neither text nor bytes. */
function bytesOf(value: Bytes | null | undefined): string {
  if (typeof value === 'string') return Buffer.from(value).toString('latin1')
  return Buffer.isBuffer(value) ? value.toString('latin1') : ''
}

function lastText(given: HeaderValue): string | undefined {
  if (!Array.isArray(given)) return textOfValue(given)
  for (let index = given.length - 1; index >= 0; index--) {
    const text = textOfValue(given[index])
    if (text !== undefined) return text
  }
  return undefined
}

function textOfValue(value: Bytes | null | undefined): string | undefined {
  const text = value instanceof Uint8Array ? textOf(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

function isValue(value: unknown): value is Bytes | null {
  return value === null || typeof value === 'string' || Buffer.isBuffer(value)
}
