import { bytesOf, fits } from '../../../src/codec/utf8-size.ts'
import type { Metadata } from '../../../src/engine/saga.ts'

const MIB = 1024 * 1024
/** Bytes of metadata; beside it a document holds the payloads of owed commands. */
export const METADATA_LIMIT: number = 4 * MIB
/** Bytes of one document in the database, less some room, so that a saved saga can be settled. */
const DOCUMENT_LIMIT = 15 * MIB
/** Characters of bookkeeping that always fit into that room. */
const SMALL = 64 * 1024
/** Most bytes of one character of JSON in the database: an array's digits each have a name and a type. */
const WORST = 7

/** The limit that a write exceeds (P24). `text`: what is sent; `document`: everything that will be stored. */
export function broken(text: string, document: object, metadata: Metadata | undefined): number | undefined {
  if (metadata === undefined ? text.length <= SMALL : text.length * WORST <= METADATA_LIMIT) return undefined
  if (metadata !== undefined && !fits(JSON.stringify(metadata), METADATA_LIMIT)) return METADATA_LIMIT
  return stored(document) > DOCUMENT_LIMIT + (metadata === undefined ? MIB / 2 : 0) ? DOCUMENT_LIMIT : undefined
}

/** Size of a value in BSON, rounded up. */
function stored(value: unknown): number {
  if (typeof value === 'string') return 5 + bytesOf(value)
  if (typeof value !== 'object' || value === null) return 8
  let bytes = 5
  for (const [name, inner] of Object.entries(value)) bytes += 2 + bytesOf(name) + stored(inner)
  return bytes
}
