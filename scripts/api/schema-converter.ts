import { toJsonSchema, type ConversionConfig, type JsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { Component } from './components.ts'
import { FIELDS } from './fields.ts'

/** A schema of OpenAPI 3.0. */
export type OpenApiSchema = Readonly<Record<string, unknown>>

type Override = NonNullable<ConversionConfig['overrideSchema']>

/** Converts the Valibot schemas of the routes, each named one to a reference, and describes every field. */
export class SchemaConverter {
  readonly #names: ReadonlyMap<v.GenericSchema, string>
  readonly #used = new Set<string>()

  constructor(components: Readonly<Record<string, Component>>) {
    this.#names = new Map(Object.entries(components).map(([name, { schema }]) => [schema, name]))
  }

  /** Entries of the table of fields that no schema has used. */
  get unused(): readonly string[] {
    return Object.keys(FIELDS).filter((name) => !this.#used.has(name))
  }

  /** A schema of a request or an answer; `place` is its route, or its component. */
  convert(schema: v.GenericSchema, place: string): OpenApiSchema {
    return this.#described(this.#converted(schema, schema), place)
  }

  /** A schema, or the reference to it. */
  referred(schema: v.GenericSchema, place: string): OpenApiSchema {
    return this.#reference(schema) ?? this.convert(schema, place)
  }

  #reference(schema: v.GenericSchema): OpenApiSchema | undefined {
    const name = this.#names.get(schema)
    return name === undefined ? undefined : { $ref: `#/components/schemas/${name}` }
  }

  #converted(schema: v.GenericSchema, root: v.GenericSchema): OpenApiSchema {
    const override: Override = ({ valibotSchema, referenceMap }) => {
      referenceMap.clear() // the library makes a definition of each lazy schema, to which nothing refers
      const inner = valibotSchema as v.GenericSchema
      const reference = inner === root ? undefined : this.#reference(inner)
      if (reference !== undefined) return reference as JsonSchema
      if (inner.type === 'lazy') return this.#converted(chosen(inner), root) as JsonSchema
      return inner.type === 'custom' ? plainObject(inner) : undefined
    }
    if (schema.type === 'lazy') return this.#converted(chosen(schema), root)
    const { $schema: _, ...converted } = toJsonSchema(schema, {
      target: 'openapi-3.0',
      typeMode: 'input',
      ignoreActions: ['check', 'partial_check', 'raw_check'],
      overrideSchema: override,
    })
    return converted
  }

  #described(schema: OpenApiSchema, place: string): OpenApiSchema {
    const inner = mapSchemas(schema, (one) => this.#described(one, place))
    const { properties, required } = inner
    if (properties === undefined) return inner
    const fields = Object.entries(properties as Readonly<Record<string, OpenApiSchema>>)
    const described = {
      ...inner,
      properties: Object.fromEntries(fields.map(([name, one]) => [name, this.field(name, one, place)])),
    }
    // OpenAPI 3.0 has no empty list of required fields.
    return Array.isArray(required) && required.length === 0
      ? withoutAbsent({ ...described, required: undefined })
      : described
  }

  /** The schema of a field with the words of the table. */
  field(name: string, schema: OpenApiSchema, place: string): OpenApiSchema {
    const key = [`${place} ${name}`, `${place}.${name}`, name].find((one) => one in FIELDS) ?? name
    const field = FIELDS[key]
    if (field === undefined) throw new Error(`describe "${name}" of ${place}: expected an entry in scripts/api/fields`)
    this.#used.add(key)
    // OpenAPI 3.0 ignores all that stands beside a reference.
    return withoutAbsent('$ref' in schema ? { allOf: [schema], ...field } : { ...schema, ...field })
  }
}

/** Refuses nothing: the schema of a valid body, where an array has another. */
function chosen(schema: v.GenericSchema): v.GenericSchema {
  const choice = (schema as v.LazySchema<v.GenericSchema>).getter({})
  if (choice.type === 'never') throw new Error('describe a schema: expected one that takes an object')
  return choice
}

/** The only custom schemas check that a value is a JSON object. */
function plainObject(schema: v.GenericSchema): JsonSchema {
  const isObject = v.is(schema, {}) && [[], 'x', 0, true].every((other) => !v.is(schema, other))
  if (!isObject) throw new Error('describe a schema: expected a custom one that takes objects only')
  return v.is(schema, null) ? { type: 'object', nullable: true } : { type: 'object' }
}

function mapSchemas(schema: OpenApiSchema, map: (schema: OpenApiSchema) => OpenApiSchema): OpenApiSchema {
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (key === 'properties') return [key, mapValues(value as Record<string, OpenApiSchema>, map)]
    if (key === 'items' || key === 'additionalProperties') return [key, isSchema(value) ? map(value) : value]
    return Array.isArray(value) && value.every(isSchema) ? [key, value.map(map)] : [key, value]
  })
  return Object.fromEntries(entries)
}

function mapValues<T>(object: Readonly<Record<string, T>>, map: (value: T) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

function isSchema(value: unknown): value is OpenApiSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function withoutAbsent(schema: OpenApiSchema): OpenApiSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined))
}
