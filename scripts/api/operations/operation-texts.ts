import type { OpenApiSchema } from '../schema-converter.ts'

/** Texts of one route. Its schemas and statuses come from the table of routes. */
export interface OperationTexts {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  /** Why this route answers a status, where the general sentence says too little. */
  readonly statuses?: Readonly<Record<number, string>>
  /** Media type of the answer 200. Default: JSON. */
  readonly answers?: string
  /** Schema of the answer 200 as data, where the route has that of its text. */
  readonly data?: OpenApiSchema
  /** Descriptions of parameters in the path. */
  readonly path?: Readonly<Record<string, string>>
  /** Requests that may follow with a value of the answer, by the name of the link. */
  readonly links?: Readonly<Record<string, object>>
}

/** Why a read of one saga is 500. */
export const READS_SAGA = 'The saga is damaged in the store and must be mended by hand'
/** The remedy where the fate of a request is unknown. */
export const BY_KEY = 'Send it again with the same `idempotency-key`'
