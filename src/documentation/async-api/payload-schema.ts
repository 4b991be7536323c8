import type { PayloadSchema } from '../../machine/definition.ts'

/** A JSON Schema with its draft, as AsyncAPI 3 writes it. */
export interface FormattedSchema {
  readonly schemaFormat: string
  readonly schema: object
}

const DRAFT_7 = 'draft-07'

/** The media type of a draft by its `$schema`; draft 7 without one (C2.1). */
export function schemaFormatOf(schema: PayloadSchema | undefined): string {
  const uri = typeof schema === 'object' && '$schema' in schema ? schema.$schema : undefined
  const draft = typeof uri === 'string' ? /draft[/-](2019-09|2020-12)/.exec(uri)?.[1] : undefined
  return `application/schema+json;version=${draft === undefined ? DRAFT_7 : `draft-${draft}`}`
}

/**
 * A payload's schema in a document, at the JSON pointer `place`. Its local references lead from the root of the document then. A
 * schema with an `$id` is a root of its own, so its references stay.
 */
export function placedSchema(schema: PayloadSchema, place: string): PayloadSchema {
  if (typeof schema === 'boolean') return schema
  const { $schema: _, ...rest } = schema as { readonly $schema?: unknown; readonly $id?: unknown }
  return '$id' in rest ? rest : (moved(rest, place) as PayloadSchema)
}

function moved(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => moved(item, place))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    isLocal(key, inner) ? place + inner.slice(1) : moved(inner, place),
  ])
  return Object.fromEntries(entries)
}

/** `#`, or a pointer; an anchor (`#name`) stays. */
function isLocal(key: string, value: unknown): value is string {
  return key === '$ref' && typeof value === 'string' && (value === '#' || value.startsWith('#/'))
}
