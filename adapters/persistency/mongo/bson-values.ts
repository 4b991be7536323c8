import { BSON } from 'mongodb'
import { bytesOf } from '../../../src/codec/utf8-size.ts'

/** Levels that a payload may have: MongoDB takes 100 in a document, and a parked event's payload begins at the sixth. */
const LEVELS = 90

/**
 * Values of JSON on their way into BSON: how many bytes they will be, whether BSON can carry them at all, and as what.
 * Nothing that JSON can say may mean something else to the driver, so an object with a key `_bsontype` goes as a map.
 */
export class BsonMeasure {
  /** An upper bound of what was taken so far. */
  bytes = 0
  /** Too deep, or with a key that BSON has no way to write. */
  isUnfit = false

  take(value: unknown): unknown {
    return this.#value(value, 1)
  }

  #value(value: unknown, level: number): unknown {
    if (typeof value === 'string') this.bytes += 5 + bytesOf(value)
    else if (typeof value === 'object' && value !== null) return this.#nested(value, level)
    else this.bytes += 8
    return value
  }

  #nested(value: object, level: number): unknown {
    this.bytes += 5
    if (isTyped(value)) {
      this.bytes += value instanceof Uint8Array ? value.byteLength : 64
      return value
    }
    if (level > LEVELS) this.isUnfit = true
    if (this.isUnfit) return value
    return Array.isArray(value) ? this.#list(value, level) : this.#object(value as JsonObject, level)
  }

  #list(list: readonly unknown[], level: number): unknown {
    let changed: unknown[] | undefined
    for (const [at, one] of list.entries()) {
      this.bytes += 9
      const taken = this.#value(one, level + 1)
      if (taken !== one) (changed ??= [...list])[at] = taken
    }
    return changed ?? list
  }

  #object(object: JsonObject, level: number): unknown {
    let changed: Map<string, unknown> | undefined
    for (const [key, one] of Object.entries(object)) {
      this.bytes += 2 + bytesOf(key)
      if (key.includes('\0') || (key === '$ref' && isAmbiguous(object))) this.isUnfit = true
      const taken = this.#value(one, level + 1)
      if (taken !== one || key === '_bsontype') (changed ??= new Map(Object.entries(object))).set(key, taken)
    }
    return changed ?? object
  }
}

/** What the driver made of BSON, as JSON said it: it takes an object with `$ref` and `$id` for a type of its own. */
export function withoutDriverTypes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof BSON.DBRef) return withoutDriverTypes(undone(value))
  if (isTyped(value)) return value
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) if (isNested(one)) value[at] = withoutDriverTypes(one)
    return value
  }
  for (const [key, one] of Object.entries(value)) if (isNested(one)) define(value, key, withoutDriverTypes(one))
  return value
}

type JsonObject = Readonly<Record<string, unknown>>

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** Of a type that JSON has not: only somebody else can have written it, and it goes back as it came. */
function isTyped(value: object): boolean {
  return (
    value instanceof BSON.BSONValue || value instanceof Date || value instanceof Uint8Array || value instanceof RegExp
  )
}

/** The driver would split the name at its only dot, and nobody could tell afterwards that it had one. */
function isAmbiguous({ $ref: name, $id: id }: JsonObject): boolean {
  return typeof name === 'string' && name.split('.').length === 2 && id !== null && id !== undefined
}

function undone({ collection, oid, db, fields }: BSON.DBRef): object {
  const object = { $ref: collection, $id: oid, ...(db !== undefined && db !== '' && { $db: db }) }
  for (const [key, one] of Object.entries(fields)) define(object, key, one)
  return object
}

/** An assignment to `__proto__` would do something else. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
