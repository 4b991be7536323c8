import { A_DRAFT, draftOf, type Draft } from './draft.ts'
import { formatNames, isFormat } from './format/formats.ts'
import { isObject, isSchema, keywordProblems, schemasInside, type JsonObject } from './keyword-problems.ts'
import { keywordsOf, shapeOf } from './keyword-shapes.ts'
import { compilePattern } from './pattern/compile-pattern.ts'
import type { SchemaPath, SchemaProblem, SchemaRemark } from './schema-problem.ts'
import { resolveUri, splitFragment } from './uri.ts'

/** A schema with an identifier of its own, and all schemas in it up to the next such one. */
export interface SchemaResource {
  /** Absolute where its `$id` is; empty for a whole without `$id`. */
  readonly uri: string
  readonly root: JsonObject
  readonly path: SchemaPath
  readonly anchors: Map<string, JsonObject>
  readonly dynamicAnchors: Map<string, JsonObject>
}

/** The place of a schema object. */
export interface SchemaPlace {
  readonly path: SchemaPath
  readonly resource: SchemaResource
}

/** Keywords that check nothing, so that they may stand beside a `$ref` of draft 7. */
const HARMLESS: ReadonlySet<string> = new Set(
  '$ref $id $schema $comment $defs definitions title description default examples readOnly writeOnly'.split(' '),
)
const MOST_SCHEMAS = 10_000
const DEEPEST = 100
const LONGEST_LIST = 50

/**
 * Every schema of a schema, with its place, and every problem and remark of its keywords. References are resolved later, when
 * all identifiers are known.
 */
export class SchemaIndex {
  readonly draft: Draft
  readonly problems: SchemaProblem[] = []
  readonly remarks: SchemaRemark[] = []
  readonly #places = new Map<JsonObject, SchemaPlace>()
  readonly #resources = new Map<string, SchemaResource>()
  #isTooLarge = false

  constructor(draft: Draft) {
    this.draft = draft
  }

  placeOf(schema: JsonObject): SchemaPlace | undefined {
    return this.#places.get(schema)
  }

  resourceOf(uri: string): SchemaResource | undefined {
    return this.#resources.get(uri)
  }

  /** Every schema object with its place, those included that are added meanwhile. */
  places(): Iterable<readonly [schema: JsonObject, place: SchemaPlace]> {
    return this.#places
  }

  /** Adds the whole schema. */
  addRoot(root: JsonObject): void {
    const resource = this.#newResource('', root, [])
    this.#add(root, { path: [], resource })
  }

  /** Adds a schema, valid or not, and the schemas in it. A schema at a place that no keyword leads to is added when it is referred to. */
  addSchema(value: unknown, place: SchemaPlace): void {
    if (!isSchema(value)) this.#refuse(place.path, value, 'a schema: an object, true or false')
    else if (typeof value === 'object') this.#add(value, place)
  }

  #add(schema: JsonObject, { path, resource: outer }: SchemaPlace): void {
    if (this.#places.has(schema)) return
    if (path.length > 2 * DEEPEST) return this.#refuse(path, schema, `at most ${DEEPEST} schemas in one another`)
    if (this.#places.size >= MOST_SCHEMAS) return this.#refuseSize(schema)
    const resource = this.#identified(schema, { path, resource: outer })
    this.#places.set(schema, { path, resource })
    this.#checkDraft(schema, path)
    for (const [keyword, value] of Object.entries(schema)) {
      const keywordPath = [...path, keyword]
      const shape = shapeOf(this.draft, keyword)
      if (shape === undefined) {
        this.#remarkOnKeyword(keyword, keywordPath)
        continue
      }
      const problems = keywordProblems(shape, { value, path: keywordPath })
      this.problems.push(...problems.slice(0, LONGEST_LIST))
      for (const part of schemasInside(shape, { value, path: keywordPath })) {
        if (problems.length === 0 || isSchema(part.value)) this.addSchema(part.value, { path: part.path, resource })
      }
    }
    this.#remarkOn(schema, path)
  }

  /** The resource of a schema: its own where its `$id` says so, or else the one that it stands in. Notes its anchors. */
  #identified(schema: JsonObject, { path, resource: outer }: SchemaPlace): SchemaResource {
    const isIgnored = this.draft === '7' && schema['$ref'] !== undefined
    const { $id } = schema
    if (typeof $id !== 'string' || isIgnored) return this.#anchored(schema, outer)
    const [document, fragment] = splitFragment($id)
    if (fragment !== '' && this.draft !== '7') this.#refuse([...path, '$id'], $id, 'an identifier without "#"')
    if (fragment !== '' && !fragment.startsWith('/')) outer.anchors.set(fragment, schema)
    if (document === '') return this.#anchored(schema, outer)
    return this.#anchored(schema, this.#newResource(resolveUri(outer.uri, document), schema, path))
  }

  #anchored(schema: JsonObject, resource: SchemaResource): SchemaResource {
    if (this.draft === '7') return resource
    const { $anchor, $dynamicAnchor } = schema
    if (typeof $anchor === 'string') resource.anchors.set($anchor, schema)
    if (typeof $dynamicAnchor === 'string' && this.draft === '2020-12') {
      resource.anchors.set($dynamicAnchor, schema)
      resource.dynamicAnchors.set($dynamicAnchor, schema)
    }
    return resource
  }

  #newResource(uri: string, root: JsonObject, path: SchemaPath): SchemaResource {
    const known = this.#resources.get(uri)
    if (known !== undefined && known.root !== root)
      this.#refuse([...path, '$id'], root['$id'], 'an identifier that no other schema has')
    const resource = { uri, root, path, anchors: new Map(), dynamicAnchors: new Map() }
    if (known === undefined) this.#resources.set(uri, resource)
    return resource
  }

  #checkDraft(schema: JsonObject, path: SchemaPath): void {
    const { $schema } = schema
    if (path.length === 0 || $schema === undefined || draftOf($schema) === this.draft) return
    this.#refuse(
      [...path, '$schema'],
      $schema,
      draftOf($schema) === undefined ? A_DRAFT : `draft ${this.draft}, as the whole schema`,
    )
  }

  #remarkOn(schema: JsonObject, path: SchemaPath): void {
    const { $ref, format, pattern, patternProperties } = schema
    if (this.draft === '7' && $ref !== undefined) this.#remarkOnNeighbours(schema, path)
    if (typeof format === 'string' && !isFormat(format)) {
      const expected = 'a known format; this one is not checked'
      this.remarks.push({
        kind: 'unknown-format',
        path: [...path, 'format'],
        found: format,
        expected,
        known: formatNames(),
      })
    }
    if (typeof pattern === 'string') this.#remarkOnPattern(pattern, [...path, 'pattern'])
    if (isObject(patternProperties))
      for (const source of Object.keys(patternProperties))
        this.#remarkOnPattern(source, [...path, 'patternProperties', source])
  }

  #remarkOnPattern(source: string, path: SchemaPath): void {
    const compiled = compilePattern(source)
    if (!compiled.ok || compiled.pattern.isLinear) return
    const expected = 'a pattern that cannot backtrack; this one refuses texts over 1,000 characters'
    this.remarks.push({ kind: 'slow-pattern', path, found: source, expected })
  }

  /** Draft 7 ignores what stands beside a `$ref`; later drafts do not, and neither does Ajv. */
  #remarkOnNeighbours(schema: JsonObject, path: SchemaPath): void {
    for (const keyword of Object.keys(schema)) {
      if (HARMLESS.has(keyword) || shapeOf(this.draft, keyword) === undefined) continue
      const expected = 'no keyword beside "$ref", which draft 7 ignores: put both into "allOf"'
      this.remarks.push({ kind: 'unknown-keyword', path: [...path, keyword], found: keyword, expected })
    }
  }

  /** Keywords of OpenAPI and of tools begin with "x-". */
  #remarkOnKeyword(keyword: string, path: SchemaPath): void {
    if (keyword.startsWith('x-')) return
    const expected = `a keyword of draft ${this.draft}; this one has no effect`
    this.remarks.push({ kind: 'unknown-keyword', path, found: keyword, expected, known: keywordsOf(this.draft) })
  }

  /** Once: each further schema would repeat it. */
  #refuseSize(found: unknown): void {
    if (!this.#isTooLarge) this.#refuse([], found, `at most ${MOST_SCHEMAS} schemas in it`)
    this.#isTooLarge = true
  }

  #refuse(path: SchemaPath, found: unknown, expected: string): void {
    this.problems.push({ path, found, expected })
  }
}
