/** A schema of OpenAPI 3.0, as far as it limits a value. */
export interface ComparedSchema {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly ComparedSchema[]
  readonly oneOf?: readonly ComparedSchema[]
  readonly allOf?: readonly ComparedSchema[]
  readonly properties?: Readonly<Record<string, ComparedSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | ComparedSchema
  readonly items?: ComparedSchema
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly multipleOf?: number
  readonly default?: unknown
}

const LOWER = ['minLength', 'minimum', 'minItems', 'minProperties'] as const
const UPPER = ['maxLength', 'maximum', 'maxItems', 'maxProperties'] as const
const EXACT = ['pattern', 'format', 'multipleOf'] as const

/** A schema with the named ones to which it may refer. */
export interface SchemaInApi {
  readonly schema: ComparedSchema
  readonly named: Readonly<Record<string, ComparedSchema>>
}

/** The schemas of one place in two versions. */
export interface SchemaPair {
  readonly before: SchemaInApi
  readonly after: SchemaInApi
}

/** A change that a caller notices. */
export interface Break {
  readonly path: readonly string[]
  readonly why: string
}

/** A request must take all that it took; an answer must hold all that it held, and no other types. */
export function schemaBreaks(
  side: 'request' | 'response',
  pair: SchemaPair,
  path: readonly string[] = [],
): readonly Break[] {
  const [before, after] = [alternatives(pair.before), alternatives(pair.after)]
  const [wanted, given] = side === 'request' ? [before, after] : [after, before]
  if (wanted.length > 1 || given.length > 1) {
    const lost = wanted.filter(
      (one) => !given.some((other) => breaksOf(side, ordered(side, one, other), path).length === 0),
    )
    return lost.map(({ schema }) => ({
      path,
      why: `${describe(schema)} is ${side === 'request' ? 'not taken any more' : 'new'}`,
    }))
  }
  const [one, other] = [wanted[0], given[0]]
  return one === undefined || other === undefined ? [] : breaksOf(side, ordered(side, one, other), path)
}

function ordered(side: 'request' | 'response', wanted: SchemaInApi, given: SchemaInApi): SchemaPair {
  return side === 'request' ? { before: wanted, after: given } : { before: given, after: wanted }
}

/** The choices of a schema, `null` as one of them. */
function alternatives({ schema, named }: SchemaInApi): readonly SchemaInApi[] {
  const { $ref, allOf, anyOf, oneOf, nullable = false, ...rest } = schema
  if ($ref !== undefined) return alternatives({ schema: named[$ref.split('/').at(-1) ?? ''] ?? {}, named })
  const choices = anyOf ?? oneOf ?? (allOf?.length === 1 ? allOf : undefined)
  const own =
    choices === undefined ? [{ schema: rest, named }] : choices.flatMap((one) => alternatives({ schema: one, named }))
  return nullable ? [...own, { schema: { type: 'null' }, named }] : own
}

function breaksOf(side: 'request' | 'response', pair: SchemaPair, path: readonly string[]): readonly Break[] {
  const [before, after] = [pair.before.schema, pair.after.schema]
  const [wide, narrow] = side === 'request' ? [after, before] : [before, after]
  if (!covers(wide, narrow)) return [{ path, why: `the type was ${describe(before)} and is ${describe(after)}` }]
  const own = side === 'request' ? narrowed(before, after) : changedAnswer(before, after)
  return [...own.map((why) => ({ path, why })), ...fieldBreaks(side, pair, path), ...itemBreaks(side, pair, path)]
}

function covers(wide: ComparedSchema, narrow: ComparedSchema): boolean {
  return wide.type === undefined || wide.type === narrow.type || (wide.type === 'number' && narrow.type === 'integer')
}

function describe({ type = 'any value' }: ComparedSchema): string {
  return type
}

/** Limits of a request that refuse what was taken, and another value where none is given. */
function narrowed(before: ComparedSchema, after: ComparedSchema): readonly string[] {
  const lower = LOWER.filter((key) => (after[key] ?? -Infinity) > (before[key] ?? -Infinity))
  const upper = UPPER.filter((key) => (after[key] ?? Infinity) < (before[key] ?? Infinity))
  const exact = EXACT.filter((key) => after[key] !== undefined && after[key] !== before[key])
  const defaults = (['default'] as const).filter((key) => before[key] !== undefined && before[key] !== after[key])
  const values = after.enum === undefined ? [] : (before.enum ?? ['any value'])
  return [
    ...[...lower, ...upper, ...exact, ...defaults].map((key) => wasAndIs(key, before, after)),
    ...values.filter((value) => !after.enum?.includes(value)).map((value) => `${said(value)} is not taken any more`),
  ]
}

/** A format or a value that a caller waits for; further values may come. */
function changedAnswer(before: ComparedSchema, after: ComparedSchema): readonly string[] {
  const formats = (['format'] as const).filter((key) => before[key] !== undefined && before[key] !== after[key])
  const values = after.enum === undefined ? [] : (before.enum ?? [])
  return [
    ...formats.map((key) => wasAndIs(key, before, after)),
    ...values.filter((value) => !after.enum?.includes(value)).map((value) => `${said(value)} is not answered any more`),
  ]
}

function wasAndIs(
  key: (typeof LOWER | typeof UPPER | typeof EXACT)[number] | 'default',
  before: ComparedSchema,
  after: ComparedSchema,
): string {
  return `${key} was ${said(before[key])} and is ${said(after[key])}`
}

function said(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value)
}

function fieldBreaks(side: 'request' | 'response', pair: SchemaPair, path: readonly string[]): readonly Break[] {
  const [before, after] = [pair.before.schema, pair.after.schema]
  const [fields, now] = [before.properties ?? {}, after.properties ?? {}]
  const [required, requiredNow] = [new Set(before.required), new Set(after.required)]
  const changed = Object.entries(fields).flatMap(([name, schema]): readonly Break[] => {
    const [place, next] = [[...path, name], now[name]]
    if (next === undefined) {
      const isTaken = side === 'request' && after.additionalProperties !== false
      return isTaken ? [] : [{ path: place, why: 'the field is gone' }]
    }
    if (side === 'response' && required.has(name) && !requiredNow.has(name))
      return [{ path: place, why: 'the field may be absent now' }]
    const inner = { before: { ...pair.before, schema }, after: { ...pair.after, schema: next } }
    return schemaBreaks(side, inner, place)
  })
  const wanted = side === 'request' ? [...requiredNow].filter((name) => !required.has(name)) : []
  const closed = side === 'request' && after.additionalProperties === false && before.additionalProperties !== false
  return [
    ...changed,
    ...wanted.map((name) => ({ path: [...path, name], why: 'the field is required now' })),
    ...(closed ? [{ path, why: 'further fields are not taken any more' }] : []),
    ...furtherFieldBreaks(side, pair, path),
  ]
}

/** Fields without a name of their own, where one of the versions limits them. */
function furtherFieldBreaks(
  side: 'request' | 'response',
  { before, after }: SchemaPair,
  path: readonly string[],
): readonly Break[] {
  const [fields, now] = [before, after].map(({ schema }) => schema.additionalProperties ?? true)
  if (fields === false || now === false) return []
  const schemaOf = (one: true | ComparedSchema = true) => (one === true ? {} : one)
  const inner = { before: { ...before, schema: schemaOf(fields) }, after: { ...after, schema: schemaOf(now) } }
  return fields === true && now === true ? [] : schemaBreaks(side, inner, [...path, '*'])
}

function itemBreaks(
  side: 'request' | 'response',
  { before, after }: SchemaPair,
  path: readonly string[],
): readonly Break[] {
  const [items, now] = [before.schema.items, after.schema.items]
  if (items === undefined || now === undefined) return []
  return schemaBreaks(side, { before: { ...before, schema: items }, after: { ...after, schema: now } }, [...path, '[]'])
}
