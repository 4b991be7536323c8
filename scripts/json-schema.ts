/** `npm run schema`: writes `saga.schema.json`, which editors use to complete and check a saga.json (C2.5). */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { toJsonSchema, type ConversionConfig, type JsonSchema } from '@valibot/to-json-schema'
import { format } from 'oxfmt'
import * as v from 'valibot'
import { HEADER_RULES } from '../src/config/headers.ts'
import { HEADER_NAME } from '../src/config/http-schema.ts'
import { PAYLOAD_SCHEMA } from '../src/config/machine-schema.ts'
import { SECRET } from '../src/config/schema-parts.ts'
import { CONFIGURATION } from '../src/config/schema.ts'
import type { KnownSchema } from '../src/config/walk-schema.ts'

const FILE = new URL('../saga.schema.json', import.meta.url)

/** Draft 7: editors support it best. */
const HEAD = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'saga.json',
  description:
    'The configuration of Batuta: a machine, the channels of its commands and events, the store of its sagas',
}

/** One value of each shape that a `lazy` schema chooses by. */
const SHAPES = [undefined, '', [], {}, { mechanism: 'aws' }, true]

/** Messages that only repeat the type. */
const PLAIN = new Set(['a string', 'a string that is not empty', 'true or false', 'an object'])

type Override = NonNullable<ConversionConfig['overrideSchema']>
type Context = Parameters<Override>[0]

/** The shape of a file. Rules that only `readConfiguration` knows (references, durations) are left out. */
function sagaSchema(): object {
  const { type, required, properties, ...rest } = converted(CONFIGURATION)
  const definitions = { secret: alternatives(choicesOf(SECRET).map(converted)), headerName: headerName() }
  return { ...HEAD, ...rest, type, required, properties, definitions }
}

/** The text of `saga.schema.json`. */
export async function sagaSchemaText(): Promise<string> {
  const { code } = await format('saga.schema.json', JSON.stringify(sagaSchema(), undefined, 2), { printWidth: 120 })
  return code
}

function converted(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode: 'input',
    ignoreActions: ['check', 'partial_check', 'raw_check'],
    overrideSchema: override,
    overrideAction,
  })
  return rest
}

const override: Override = (context) => {
  const schema = context.valibotSchema as
    | KnownSchema
    | v.StrictObjectSchema<v.ObjectEntries, undefined>
    | v.CustomSchema<unknown, undefined>
  if (schema.type === 'lazy') return choice(schema, context)
  if (schema.type === 'variant') return alternatives(context.jsonSchema.oneOf as readonly JsonSchema[])
  if (context.valibotSchema === PAYLOAD_SCHEMA)
    return {
      type: ['object', 'boolean'],
      description: 'a JSON Schema of draft 7, or of the draft that its "$schema" names',
    }
  if (schema.type === 'custom') return secretReference(context)
  if (schema.type === 'record' && schema.key === HEADER_NAME) return headers(context)
  const isObject = schema.type === 'object' || schema.type === 'strict_object'
  return described(schema, isObject ? supported(schema, context.jsonSchema) : context.jsonSchema)
}

/** The library copies metadata into the JSON Schema. A place where a secret may stand refers to the definition instead. */
const overrideAction: NonNullable<ConversionConfig['overrideAction']> = ({ jsonSchema }) =>
  'secret' in jsonSchema ? { $ref: '#/definitions/secret' } : undefined

function choice(schema: v.GenericSchema, { referenceMap }: Context): JsonSchema {
  referenceMap.clear() // the library has made a definition of the first choice, to which nothing refers
  const choices = choicesOf(schema)
  const refusal = choices.find(isRefusal)
  return alternatives(choices.filter((one) => !isRefusal(one)).map(converted), description(refusal).description)
}

function choicesOf(schema: v.GenericSchema): readonly v.GenericSchema[] {
  const lazy = schema as KnownSchema
  return lazy.type === 'lazy' ? [...new Set(SHAPES.map((shape) => lazy.getter(shape)))] : []
}

function isRefusal({ type }: v.GenericSchema): boolean {
  return type === 'never'
}

/** Flattens choices between choices. A message describes all choices of its place, so it is kept once. */
function alternatives(schemas: readonly JsonSchema[], expected = schemas[0]?.description): JsonSchema {
  const flat = schemas.flatMap((schema) => (schema.anyOf as JsonSchema[] | undefined) ?? [schema])
  const options = flat.map((schema) => (schema.description === expected ? undescribed(schema) : schema))
  const common = expected === undefined ? {} : { description: expected }
  return options.length === 1 ? { ...common, ...options[0] } : { ...common, anyOf: options }
}

function undescribed(schema: JsonSchema): JsonSchema {
  const { description: _, ...rest } = schema
  return rest
}

/** The only custom schema: a secret reference (C2.6). Any other fails the conversion. */
function secretReference({ valibotSchema }: Context): JsonSchema | undefined {
  const ways = Object.entries({ file: 'path', env: 'name' })
  if (!ways.every(([type, key]) => v.is(valibotSchema, { type, [key]: 'x' }))) return undefined
  return { anyOf: ways.map(([type, key]) => described(valibotSchema, secretFrom(type, key))) }
}

/** Headers by their names. */
function headers({ valibotSchema, jsonSchema }: Context): JsonSchema {
  return described(valibotSchema, { ...jsonSchema, propertyNames: { $ref: '#/definitions/headerName' } })
}

/** Without the refused names, in any letter case. Draft 7 has no flag for letter case. */
function headerName(): JsonSchema {
  const refused = HEADER_RULES.filter(({ kind }) => kind === 'refused').map(({ name }) => inAnyCase(name))
  return { ...converted(HEADER_NAME), not: { pattern: `^(?:${refused.join('|')})$` } }
}

function inAnyCase(name: string): string {
  return name.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`)
}

function secretFrom(type: string, key: string): JsonSchema {
  return {
    type: 'object',
    required: ['type', key],
    properties: { type: { const: type }, [key]: { type: 'string', minLength: 1 } },
  }
}

/** Without the keys of later versions, so that no editor offers them. */
function supported(
  { entries }: Pick<v.ObjectSchema<v.ObjectEntries, undefined>, 'entries'>,
  { required = [], properties = {}, ...rest }: JsonSchema,
): JsonSchema {
  const kept = Object.entries(properties).filter(([key]) => !isLater(entries[key] as KnownSchema | undefined))
  return { ...rest, ...(required.length > 0 && { required }), properties: Object.fromEntries(kept) }
}

/** A key that `notYet` refuses. */
function isLater(schema: KnownSchema | undefined): boolean {
  return schema?.type === 'optional' && isRefusal(schema.wrapped)
}

function described(schema: object, jsonSchema: JsonSchema): JsonSchema {
  return { ...description(schema), ...jsonSchema }
}

function description(schema: object | undefined): { readonly description?: string } {
  const message = schema !== undefined && 'message' in schema ? schema.message : undefined
  return typeof message === 'string' && !PLAIN.has(message) ? { description: message } : {}
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(FILE, await sagaSchemaText())
}
