import type * as v from 'valibot'
import { get, isObject, type Path } from './json-tree.ts'

/** A value of the file beside the schema that speaks of it. */
export interface Place {
  readonly schema: Shape
  readonly value: unknown
  readonly path: Path
}

/** The insides of Valibot's schemas, as far as they lead further down. */
export interface Shape {
  readonly type: string
  readonly getter?: (input: unknown) => Shape
  readonly wrapped?: Shape
  readonly options?: readonly Shape[]
  readonly literal?: unknown
  readonly entries?: Readonly<Record<string, Shape>>
  readonly item?: Shape
  /** Of a record: what its values are. */
  readonly value?: Shape
}

/** Every place of a file, valid or not, that the schema knows. Thanks to it keys and secrets need no second list. */
export function places(schema: v.GenericSchema, value: unknown): Generator<Place> {
  return walk(schema as unknown as Shape, value, [])
}

function* walk(schema: Shape, value: unknown, path: Path): Generator<Place> {
  yield { schema, value, path }
  const same = seenThrough(schema, value)
  if (same !== undefined) yield* walk(same, value, path)
  for (const [key, inner] of parts(schema, value)) yield* walk(inner, get(value, key), [...path, key])
}

/** The schema behind one that only chooses or wraps. */
function seenThrough(schema: Shape, value: unknown): Shape | undefined {
  if (schema.type === 'lazy') return schema.getter?.(value)
  if (schema.type === 'optional') return schema.wrapped
  if (schema.type !== 'variant') return undefined
  return schema.options?.find(({ entries }) => entries?.['type']?.literal === get(value, 'type'))
}

type Part = readonly [key: string | number, schema: Shape]

function parts({ type, entries, item, value: ofEach }: Shape, value: unknown): readonly Part[] {
  if (type === 'array' && item !== undefined && Array.isArray(value)) return value.map((_, index) => [index, item])
  if (!isObject(value)) return []
  if (entries !== undefined) return Object.entries(entries).filter(([key]) => Object.hasOwn(value, key))
  return type === 'record' && ofEach !== undefined ? Object.keys(value).map((key) => [key, ofEach]) : []
}
