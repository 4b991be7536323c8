/** `npm run schema`: writes `saga.schema.json`, with which editors complete and check a saga.json (C2.5). */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { toJsonSchema, type ConversionConfig, type JsonSchema } from '@valibot/to-json-schema'
import { format } from 'oxfmt'
import * as v from 'valibot'
import { HEADER_RULES } from '../src/config/headers.ts'
import { HEADER_NAME } from '../src/config/http-schema.ts'
import { SECRET } from '../src/config/schema-parts.ts'
import { CONFIGURATION } from '../src/config/schema.ts'

const FILE = new URL('../saga.schema.json', import.meta.url)

/** Draft 7, as no editor knows a later one better. */
const HEAD = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'saga.json',
  description:
    'The configuration of Batuta: a machine, the channels of its commands and events, the store of its sagas',
}

/** One for each look that a `lazy` may choose by. */
const LOOKS = [undefined, '', [], {}, true]

/** What says no more than the type beside it. */
const PLAIN = new Set(['a string', 'a string that is not empty', 'true or false', 'an object'])

type Override = NonNullable<ConversionConfig['overrideSchema']>
type Context = Parameters<Override>[0]

/** The insides of Valibot's schemas, as far as the conversion has to be told about them. */
interface Shape {
  readonly type: string
  readonly getter?: (input: unknown) => v.GenericSchema
  readonly wrapped?: Shape
  readonly entries?: Readonly<Record<string, Shape>>
}

/** What a file must look like. What only `readConfiguration` can tell (references, durations) is let pass. */
function sagaSchema(): object {
  const { type, required, properties, ...rest } = converted(CONFIGURATION)
  const definitions = { secret: alternatives(answersOf(SECRET).map(converted)), headerName: headerName() }
  return { ...HEAD, ...rest, type, required, properties, definitions }
}

/** The schema as it lies in the repository. */
export async function sagaSchemaText(): Promise<string> {
  const { code } = await format('saga.schema.json', JSON.stringify(sagaSchema(), undefined, 2), { printWidth: 120 })
  return code
}

function converted(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode: 'input',
    ignoreActions: ['check', 'partial_check', 'raw_check'],
    overrideSchema: override,
  })
  return rest
}

const override: Override = (context) => {
  const schema = context.valibotSchema as unknown as Shape
  if (schema.type === 'lazy') return choice(schema, context)
  if (schema.type === 'variant') return alternatives(context.jsonSchema.oneOf as readonly JsonSchema[])
  if (schema.type === 'custom') return reference(context)
  if (schema.type === 'record') return headers(context)
  return described(schema, schema.entries === undefined ? context.jsonSchema : carriedOut(schema, context.jsonSchema))
}

/** A pipe is a copy of its first schema: a secret's place is told by its getter. */
function choice(schema: Shape, { referenceMap }: Context): JsonSchema {
  referenceMap.clear() // the library makes a definition of the first answer, which nobody will refer to
  if (schema.getter === SECRET.getter) return { $ref: '#/definitions/secret' }
  const answers = answersOf(schema)
  const refusal = answers.find(isRefusal)
  return alternatives(answers.filter((answer) => !isRefusal(answer)).map(converted), description(refusal).description)
}

function answersOf({ getter }: Pick<Shape, 'getter'>): readonly v.GenericSchema[] {
  return [...new Set(LOOKS.flatMap((look) => getter?.(look) ?? []))]
}

function isRefusal({ type }: v.GenericSchema): boolean {
  return type === 'never'
}

/** Of choices between choices one is made. A message speaks of all that is expected at its place: it is said once. */
function alternatives(schemas: readonly JsonSchema[], expected = schemas[0]?.description): JsonSchema {
  const flat = schemas.flatMap((schema) => (schema.anyOf as JsonSchema[] | undefined) ?? [schema])
  const options = flat.map((schema) => (schema.description === expected ? undescribed(schema) : schema))
  const told = expected === undefined ? {} : { description: expected }
  return options.length === 1 ? { ...told, ...options[0] } : { ...told, anyOf: options }
}

function undescribed(schema: JsonSchema): JsonSchema {
  const { description: _, ...rest } = schema
  return rest
}

/** The only check without a schema of its own: a secret's place (C2.6). Any other fails the conversion. */
function reference({ valibotSchema }: Context): JsonSchema | undefined {
  const ways = Object.entries({ file: 'path', env: 'name' })
  if (!ways.every(([type, key]) => v.is(valibotSchema, { type, [key]: 'x' }))) return undefined
  return { anyOf: ways.map(([type, key]) => described(valibotSchema, secretFrom(type, key))) }
}

/** The only record there is. */
function headers({ valibotSchema, jsonSchema }: Context): JsonSchema {
  return described(valibotSchema, { ...jsonSchema, propertyNames: { $ref: '#/definitions/headerName' } })
}

/** Without those that are refused, in any letter case: draft 7 has no flag for that. */
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

/** Without the keys that are refused until a later version: nobody should be offered them. */
function carriedOut({ entries = {} }: Shape, { required = [], properties = {}, ...rest }: JsonSchema): JsonSchema {
  const offered = Object.entries(properties).filter(([key]) => entries[key]?.wrapped?.type !== 'never')
  return { ...rest, ...(required.length > 0 && { required }), properties: Object.fromEntries(offered) }
}

function described(schema: object, told: JsonSchema): JsonSchema {
  return { ...description(schema), ...told }
}

function description(schema: object | undefined): { readonly description?: string } {
  const message = schema !== undefined && 'message' in schema ? schema.message : undefined
  return typeof message === 'string' && !PLAIN.has(message) ? { description: message } : {}
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(FILE, await sagaSchemaText())
}
