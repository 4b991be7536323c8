import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { format } from 'oxfmt'
import type * as v from 'valibot'

/** What a generated JSON Schema says about itself. */
export interface SchemaHead {
  /** Name of the file, by which the formatter knows its language. */
  readonly file: string
  readonly title: string
  readonly description: string
}

/** The text of a JSON Schema file for editors: draft 7, which they support best. */
export async function schemaText(schema: v.GenericSchema, { file, title, description }: SchemaHead): Promise<string> {
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', title, description }
  const text = JSON.stringify({ ...head, ...converted(schema) }, undefined, 2)
  const { code } = await format(file, text, { printWidth: 120 })
  return code
}

function converted(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode: 'input',
    ignoreActions: ['check', 'finite'],
    overrideSchema: ({ valibotSchema, jsonSchema, referenceMap }) => {
      const { type } = valibotSchema
      if (type === 'union') return { ...descriptionOf(valibotSchema), anyOf: jsonSchema.anyOf?.map(undescribed) }
      if (type !== 'lazy') return { ...descriptionOf(valibotSchema), ...closed(jsonSchema) }
      referenceMap.clear() // the library has made a definition, to which nothing refers
      const { getter } = valibotSchema as unknown as Pick<v.LazySchema<v.GenericSchema>, 'getter'>
      return converted(getter({})) // the only lazy schemas here refuse arrays
    },
  })
  return rest
}

/** A known object: editors mark an unknown key, which `readPlayFile` refuses. */
function closed(schema: JsonSchema): JsonSchema {
  return schema.properties === undefined ? schema : { ...schema, additionalProperties: false }
}

/** The message of a union describes all its choices. */
function undescribed(schema: JsonSchema | boolean): JsonSchema | boolean {
  if (typeof schema === 'boolean') return schema
  const { description: _, ...rest } = schema
  return rest
}

/** The message of a schema says what is expected in its place. */
function descriptionOf(schema: object): { readonly description?: string } {
  const { message } = schema as { readonly message?: unknown }
  return typeof message === 'string' && !PLAIN.has(message) ? { description: message } : {}
}

const PLAIN = new Set(['a string', 'an object'])
