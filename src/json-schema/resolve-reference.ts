import { isObject, isSchema, type JsonObject } from './keyword-problems.ts'
import { shapeOf } from './keyword-shapes.ts'
import type { SchemaProblem } from './schema-problem.ts'
import type { SchemaIndex, SchemaPlace, SchemaResource } from './schema-index.ts'
import { resolveUri, splitFragment } from './uri.ts'

/** The schema that a reference leads to, or the words for what was expected in its place. */
export type ResolvedReference =
  | {
      readonly ok: true
      readonly schema: JsonObject | boolean
      readonly resource: SchemaResource
      readonly anchor: string | undefined
    }
  | { readonly ok: false; readonly expected: string }

const LOCAL = 'a reference to a part of this schema, such as "#/definitions/name"'

/** Resolves a `$ref` at a place within the schema. Nothing is fetched. */
export function resolveReference(index: SchemaIndex, reference: string, place: SchemaPlace): ResolvedReference {
  const [document, fragment] = splitFragment(resolveUri(place.resource.uri, reference))
  const resource = index.resourceOf(document)
  if (resource === undefined) return { ok: false, expected: `${LOCAL}; no address or file is read` }
  const name = decoded(fragment)
  if (name === undefined) return { ok: false, expected: LOCAL }
  if (name === '') return { ok: true, schema: resource.root, resource, anchor: undefined }
  if (name.startsWith('/')) return byPointer(index, resource, name)
  const schema = resource.anchors.get(name)
  if (schema === undefined) return { ok: false, expected: `an anchor of this schema` }
  return { ok: true, schema, resource: index.placeOf(schema)?.resource ?? resource, anchor: name }
}

const REFERENCES = ['$ref', '$recursiveRef', '$dynamicRef']

/** A problem for every reference of these drafts that leads to no schema. Other problems of the schema do not hide them. */
export function referenceProblems(index: SchemaIndex): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = []
  for (const [schema, place] of index.places()) {
    for (const keyword of REFERENCES) {
      const reference = schema[keyword]
      if (typeof reference !== 'string' || shapeOf(index.draft, keyword) === undefined) continue
      const resolved = resolveReference(index, reference, place)
      if (!resolved.ok) problems.push({ path: [...place.path, keyword], found: reference, expected: resolved.expected })
    }
  }
  return problems
}

function byPointer(index: SchemaIndex, from: SchemaResource, pointer: string): ResolvedReference {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  let value: unknown = from.root
  let resource = from
  const path: (string | number)[] = [...from.path]
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return { ok: false, expected: `a place that is in this schema` }
    path.push(Array.isArray(value) ? Number(key) : key)
    value = (value as JsonObject)[key]
    if (isObject(value)) resource = index.placeOf(value)?.resource ?? resource
  }
  if (!isSchema(value)) return { ok: false, expected: 'the place of a schema' }
  if (typeof value === 'object' && index.placeOf(value) === undefined) index.addSchema(value, { path, resource })
  return { ok: true, schema: value, resource, anchor: undefined }
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return undefined
  }
}
