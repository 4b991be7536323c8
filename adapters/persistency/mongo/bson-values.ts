import { BSON } from 'mongodb'
import { bytesOf } from '../../../src/codec/utf8-size.ts'

/** Most levels of a payload: MongoDB accepts 100 in a document, and a parked event's payload begins at the sixth. */
const LEVELS = 90

/**
 * Measures JSON values on their way into BSON: their size, whether BSON can hold them, and the form in which the driver keeps
 * them as they are. An object with a key `_bsontype` goes as a map.
 */
export class BsonMeasure {
  /** Upper bound in bytes of all values so far. */
  bytes = 0
  /** True once a value is too deep or has a key that BSON cannot hold. */
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

/** Turns the driver's values back into JSON's: it takes an object with `$ref` and `$id` for a type of its own. */
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

/** True for a BSON type that JSON lacks: another client wrote it, and it goes back unchanged. */
function isTyped(value: object): boolean {
  return (
    value instanceof BSON.BSONValue || value instanceof Date || value instanceof Uint8Array || value instanceof RegExp
  )
}

/** The driver splits the name at its only dot, and the dot could not be restored. */
function isAmbiguous({ $ref: name, $id: id }: JsonObject): boolean {
  return typeof name === 'string' && name.split('.').length === 2 && id !== null && id !== undefined
}

function undone({ collection, oid, db, fields }: BSON.DBRef): object {
  const object = { $ref: collection, $id: oid, ...(db !== undefined && db !== '' && { $db: db }) }
  for (const [key, one] of Object.entries(fields)) define(object, key, one)
  return object
}

/** Defines the key: assigning to `__proto__` would set the prototype. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
