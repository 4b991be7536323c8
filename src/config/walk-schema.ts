import * as v from 'valibot'
import { get, isObject, type Path } from './json-tree.ts'

/** A value of the file with the schema that describes it. */
export interface SchemaNode {
  readonly schema: KnownSchema
  readonly value: unknown
  readonly path: Path
}

/** Valibot's public types of the schemas that lead to others. */
export type KnownSchema =
  | v.LazySchema<v.GenericSchema>
  | v.OptionalSchema<v.GenericSchema, unknown>
  | v.VariantSchema<string, readonly EntriesSchema[], undefined>
  | EntriesSchema
  | v.RecordSchema<v.GenericSchema<string, string>, v.GenericSchema, undefined>
  | v.ArraySchema<v.GenericSchema, undefined>

type EntriesSchema = v.ObjectSchema<v.ObjectEntries, undefined>

/**
 * Every value of a file that the schema describes, with its schema; the file need not be valid. Known keys and the places of
 * secrets come from here, so that neither needs a list of its own.
 */
export function walkSchema(schema: v.GenericSchema, value: unknown): Generator<SchemaNode> {
  return walk(schema, value, [])
}

function* walk(given: v.GenericSchema, value: unknown, path: Path): Generator<SchemaNode> {
  const schema = given as KnownSchema
  yield { schema, value, path }
  const chosen = chosenSchema(schema, value)
  if (chosen !== undefined) yield* walk(chosen, value, path)
  for (const [key, child] of childSchemas(schema, value)) yield* walk(child, get(value, key), [...path, key])
}

/** The schema that a wrapper or a choice applies to this value. */
function chosenSchema(schema: KnownSchema, value: unknown): v.GenericSchema | undefined {
  switch (schema.type) {
    case 'lazy':
      return schema.getter(value)
    case 'optional':
      return schema.wrapped
    case 'variant':
      return schema.options.find((option) => isOptionFor(get(value, schema.key), option.entries[schema.key]))
    default:
      return undefined
  }
}

function isOptionFor(discriminator: unknown, entry: v.ObjectEntries[string] | undefined): boolean {
  return entry !== undefined && v.is(entry, discriminator)
}

function childSchemas(
  schema: KnownSchema,
  value: unknown,
): readonly (readonly [key: string | number, schema: v.GenericSchema])[] {
  if (schema.type === 'array') return Array.isArray(value) ? value.map((_, index) => [index, schema.item]) : []
  if (!isObject(value)) return []
  if (schema.type === 'object') return Object.entries(schema.entries).filter(([key]) => Object.hasOwn(value, key))
  return schema.type === 'record' ? Object.keys(value).map((key) => [key, schema.value]) : []
}
