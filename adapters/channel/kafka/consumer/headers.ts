import type { Bytes, HeaderValue, Received } from './driver.ts'
import { textOf } from './utf8.ts'

/** A header as it stands in a record: Kafka takes one without a value, and any number under one name. */
export interface Header {
  readonly key: string
  readonly value: Buffer | null
}

/**
 * The headers of one record by their names, in linear time. A name is whatever its producer likes, `__proto__` say, so the
 * object has no prototype. kafkajs's own way copies all headers with each one, and finds values under `constructor` that no record has.
 */
export function gathered(list: readonly Header[]): Received['headers'] {
  const headers = Object.create(null) as Record<string, Buffer | null | (Buffer | null)[]>
  for (const { key, value } of list) {
    const before = headers[key]
    if (before === undefined) headers[key] = value
    else if (Array.isArray(before)) before.push(value)
    else headers[key] = [before, value]
  }
  return headers
}

/** All values, each with its name. Records of formats older than 2 have none. What is neither text nor bytes came from no record. */
export function headersOf({ headers }: Pick<Received, 'headers'>): [name: string, value: Bytes | null][] {
  return Object.entries(headers ?? {}).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).filter(isValue).map((value): [string, Bytes | null] => [name, value]),
  )
}

/**
 * The last text under this name, which is given in lower case and looked for in any: headers that come from HTTP may be written
 * otherwise. Values that are null, empty or not UTF-8 are passed over.
 */
export function headerOf({ headers }: Pick<Received, 'headers'>, name: string): string | undefined {
  let found: string | undefined
  for (const given in headers ?? {}) {
    if (given.length !== name.length || given.toLowerCase() !== name) continue
    found = lastText(headers?.[given]) ?? found
  }
  return found
}

function lastText(given: HeaderValue): string | undefined {
  if (!Array.isArray(given)) return readable(given)
  for (let index = given.length - 1; index >= 0; index--) {
    const text = readable(given[index])
    if (text !== undefined) return text
  }
  return undefined
}

function readable(value: Bytes | null | undefined): string | undefined {
  const text = value instanceof Uint8Array ? textOf(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

function isValue(value: unknown): value is Bytes | null {
  return value === null || typeof value === 'string' || Buffer.isBuffer(value)
}
