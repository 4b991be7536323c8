/** Part of `npm run schema`: writes `play.schema.json`, which editors use to complete a play file. */
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { format } from 'oxfmt'
import type * as v from 'valibot'
import { PLAY_FILE } from '../../cli/play/play-schema.ts'

const FILE = new URL('../../play.schema.json', import.meta.url)

/** Draft 7: editors support it best. */
const HEAD = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'play.json',
  description: 'How the participants of `batuta dev` answer the commands of a saga.json',
}

/** The text of `play.schema.json`. */
export async function playSchemaText(): Promise<string> {
  const { code } = await format(
    'play.schema.json',
    JSON.stringify({ ...HEAD, ...converted(PLAY_FILE) }, undefined, 2),
    {
      printWidth: 120,
    },
  )
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(FILE, await playSchemaText())
}
