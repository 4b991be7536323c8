import type { Draft } from './draft.ts'

/** The form that the value of a keyword must have; the meta-schemas of the drafts say which. */
export type Shape =
  | 'any'
  | 'anchor'
  | 'count'
  | 'dependencies'
  | 'flag'
  | 'list'
  | 'names'
  | 'name-lists'
  | 'number'
  | 'pattern'
  | 'pattern-map'
  | 'positive'
  | 'schema'
  | 'schemas'
  | 'schema-map'
  | 'schema-or-schemas'
  | 'text'
  | 'types'

/** The keywords of each form. */
type Keywords = Readonly<Partial<Record<Shape, readonly string[]>>>

/** `$defs` and `nullable` are not of every draft, but Ajv reads them in all. */
const EVERY_DRAFT: Keywords = {
  any: ['const', 'default'],
  count: ['maxItems', 'maxLength', 'maxProperties', 'minItems', 'minLength', 'minProperties'],
  dependencies: ['dependencies'],
  flag: ['nullable', 'readOnly', 'uniqueItems', 'writeOnly'],
  list: ['enum', 'examples'],
  names: ['required'],
  number: ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum'],
  pattern: ['pattern'],
  'pattern-map': ['patternProperties'],
  positive: ['multipleOf'],
  schema: ['additionalProperties', 'contains', 'else', 'if', 'not', 'propertyNames', 'then'],
  schemas: ['allOf', 'anyOf', 'oneOf'],
  'schema-map': ['$defs', 'definitions', 'properties'],
  text: ['$comment', '$id', '$ref', '$schema', 'contentEncoding', 'contentMediaType', 'description', 'format', 'title'],
  types: ['type'],
}

/** Until 2020-12, `items` was also a list, and `additionalItems` its rest. */
const UNTIL_2019: Keywords = { schema: ['additionalItems'], 'schema-or-schemas': ['items'] }

const SINCE_2019: Keywords = {
  anchor: ['$anchor'],
  any: ['$vocabulary'],
  count: ['maxContains', 'minContains'],
  flag: ['$recursiveAnchor', 'deprecated'],
  'name-lists': ['dependentRequired'],
  schema: ['contentSchema', 'unevaluatedItems', 'unevaluatedProperties'],
  'schema-map': ['dependentSchemas'],
  text: ['$recursiveRef'],
}

const SINCE_2020: Keywords = {
  anchor: ['$dynamicAnchor'],
  schema: ['items'],
  schemas: ['prefixItems'],
  text: ['$dynamicRef'],
}

const SHAPES: Readonly<Record<Draft, ReadonlyMap<string, Shape>>> = {
  '7': shapesOf(EVERY_DRAFT, UNTIL_2019),
  '2019-09': shapesOf(EVERY_DRAFT, UNTIL_2019, SINCE_2019),
  '2020-12': shapesOf(EVERY_DRAFT, SINCE_2019, SINCE_2020),
}

/** The form of a keyword's value in a draft; none for a keyword that the draft does not know, and so ignores. */
export function shapeOf(draft: Draft, keyword: string): Shape | undefined {
  return SHAPES[draft].get(keyword)
}

/** The names of all keywords of a draft. */
export function keywordsOf(draft: Draft): readonly string[] {
  return [...SHAPES[draft].keys()]
}

function shapesOf(...tables: readonly Keywords[]): ReadonlyMap<string, Shape> {
  return new Map(
    tables.flatMap((table) =>
      Object.entries(table).flatMap(([shape, keywords]) =>
        keywords.map((keyword) => [keyword, shape as Shape] as const),
      ),
    ),
  )
}
