/** The parts of OpenAPI 3.0 that the page shows. */
export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes?: object }
}

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, Answer>>
}

export interface Answer {
  readonly description: string
  readonly content?: Readonly<Record<string, Content>>
  readonly links?: Readonly<Record<string, Link>>
}

export interface Link {
  readonly operationId: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly requestBody?: Readonly<Record<string, string>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Examples
}

export interface Content {
  readonly schema: Schema
  readonly examples?: Examples
}

export type Examples = Readonly<Record<string, { readonly value: unknown }>>

export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly description?: string
  readonly example?: unknown
}

/** An operation with its place. */
export interface Placed {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** All operations in the order of the description. */
export function operationsOf({ paths }: OpenApi): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

/** A schema, or the one to which it refers. */
export function resolved({ components }: OpenApi, schema: Schema): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '')
  return name === undefined ? schema : (components.schemas[name] ?? {})
}

/** Every value at a path of the examples. */
export function examplesAt(examples: Examples = {}, path: readonly string[] = []): readonly string[] {
  const values = Object.values(examples).map(({ value }) => valueAt(value, path))
  return [...new Set(values.filter((value): value is string => typeof value === 'string'))]
}

/** The value at a path, `undefined` where there is none. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  )
}
