import { Refusal } from './refusal.ts'
import { isObject } from './values.ts'
import type { Value } from './values.ts'

export interface Field {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly nullable: boolean
  readonly items?: { readonly type: string }
}

/** A collection as its definition describes it (`examples/crud-collection.sagas.json`). */
export interface Definition {
  readonly name: string
  readonly endpointBasePath: string
  readonly fields: readonly Field[]
  readonly indexes: readonly {
    readonly name: string
    readonly unique: boolean
    readonly fields: readonly { readonly name: string; readonly order: number }[]
  }[]
}

/** Set by the service itself. */
export const STANDARD: ReadonlySet<string> = new Set([
  '_id',
  'creatorId',
  'createdAt',
  'updaterId',
  'updatedAt',
  '__STATE__',
])

/** A value as its field takes it: coerced, or refused. */
export function coerce(field: Field, value: Value, where: string): Value {
  if (value === null && field.nullable) return null
  const coerced = COERCIONS[field.type]?.(value, field.nullable)
  if (coerced === undefined) throw invalid(`${where}/${field.name} must be ${jsonType(field)}`)
  return coerced
}

/** A refusal of the validation. */
export function invalid(message: string): Refusal {
  return new Refusal(400, message, 'FST_ERR_VALIDATION')
}

/** The refusal of a property that the schema does not define. */
export function undefinedProperty(where: string, name: string): Refusal {
  return invalid(`${where} must NOT have additional properties. Property "${name}" is not defined in validation schema`)
}

/** A field as `GET /-/schemas` describes it. */
export function schemaOf(field: Field): object {
  const { name, type, nullable, items } = field
  const rest = { ...(nullable && { nullable }), ...(type === 'RawObject' && { additionalProperties: true }) }
  return { type: jsonType(field), description: name, ...(items && { items }), ...rest }
}

/** Fields whose values are of the JSON type of the field itself, as the service describes them. */
function jsonType({ type }: Field): string {
  return JSON_TYPES[type] ?? type
}

const JSON_TYPES: Readonly<Record<string, string>> = {
  RawObject: 'object',
  Array: 'array',
  ObjectId: 'string',
  Date: 'string',
}

/** `undefined`: it cannot be made one. */
const COERCIONS: Readonly<Record<string, (value: Value, nullable: boolean) => Value>> = {
  string(value) {
    if (value === null) return ''
    return typeof value === 'object' ? undefined : `${value as string | number | boolean}`
  },
  number(value, nullable) {
    if (typeof value === 'number') return value
    if (value === null || value === false) return 0
    if (value === true) return 1
    if (value === '') return nullable ? null : undefined
    return typeof value === 'string' && Number(value) === +value && !Number.isNaN(+value) ? +value : undefined
  },
  boolean(value) {
    if (value === true || value === 'true' || value === 1) return true
    return value === false || value === 'false' || value === 0 || value === null ? false : undefined
  },
  RawObject: (value) => (isObject(value) ? value : undefined),
  /** Of a scalar the service makes a list. */
  Array(value) {
    if (Array.isArray(value)) return value
    return typeof value === 'object' ? undefined : [value]
  },
}

/** Deeper than this the database takes no document. */
const DEEPEST = 100

/** Values that no body may hold at any depth: refused before any other check. */
export function checkBody(value: Value, levels = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (levels > DEEPEST + 3) throw new Refusal(500, 'BSONError: nested too deeply')
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__' || key === 'constructor') {
      throw new Refusal(400, 'Object contains forbidden prototype property')
    }
    if (key === '_bsontype') throw new Refusal(500, 'Unsupported BSON version, bson types must be from bson 6.x.x')
    if (key.includes('\u0000')) throw new Refusal(500, 'BSONError: key must not contain null bytes')
    checkBody(inner, levels + 1)
  }
}
