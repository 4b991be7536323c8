/** Keys and indexes from the schema to a value in it. */
export type SchemaPath = readonly (string | number)[]

/** A value of a schema that breaks a rule of its draft, so that the schema is refused. */
export interface SchemaProblem {
  readonly path: SchemaPath
  readonly found: unknown
  /** In the words of a message: `a list of schemas`. */
  readonly expected: string
}

/** A part of a schema that is valid and probably a mistake, by its kind. */
export interface SchemaRemark extends SchemaProblem {
  readonly kind: 'unknown-keyword' | 'unknown-format' | 'slow-pattern'
  /** The known names, where the value is an unknown one. */
  readonly known?: readonly string[] | undefined
}
