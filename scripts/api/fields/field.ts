/** Keywords of OpenAPI 3.0 that a Valibot schema does not have; they win over those that the conversion makes. */
export interface Field {
  readonly description: string
  readonly [keyword: string]: unknown
}

/** An instant as the API writes it. */
export const INSTANT = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' } as const
/** Percent-encoded UTF-8 without control characters, and not only of blanks. */
export const HEADER_TEXT =
  '^(?:%20)*(?:[\\x21-\\x24\\x26-\\x7E]|%(?:2[1-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e]))(?:[\\x21-\\x24\\x26-\\x7E]|%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]))*$'
/** A text without control characters, and not only of blanks. */
export const PLAIN_TEXT = '^[^\\x00-\\x1F\\x7F-\\x9F]*[^\\s\\x00-\\x1F\\x7F-\\x9F\\uFEFF][^\\x00-\\x1F\\x7F-\\x9F]*$'
/** A filter that is an instant, where the Valibot schema takes any value for its text. */
export const INSTANT_TEXT = { ...INSTANT, anyOf: undefined, type: 'string' } as const
/** A number of things. */
export const COUNT = { type: 'integer', minimum: 0, example: 0 } as const
/** An id for examples. */
export const SAGA_ID = '0198f2d5-6c1e-7a43-9f0b-3a1d5e2c7b10'
