import { bytesOf, fits } from '../../../src/codec/utf8-size.ts'
import type { Metadata } from '../../../src/engine/saga.ts'

const MIB = 1024 * 1024
/** Bytes of metadata that a saga may have; beside them a document holds the payloads of the commands that it owes. */
export const METADATA_LIMIT: number = 4 * MIB
/** What the database takes of one document, less some room for bookkeeping, so that what was saved can be settled. */
const DOCUMENT_LIMIT = 15 * MIB
/** Characters of bookkeeping that fit into that room whatever they are. */
const SMALL = 64 * 1024
/** Bytes that one character of JSON takes in the database at most: of an array of digits, each has a name and a type. */
const WORST = 7

/** The limit that a write would break, if it breaks one (P24). `text` is what is sent, `document` all that will be stored. */
export function broken(text: string, document: object, metadata: Metadata | undefined): number | undefined {
  if (metadata === undefined ? text.length <= SMALL : text.length * WORST <= METADATA_LIMIT) return undefined
  if (metadata !== undefined && !fits(JSON.stringify(metadata), METADATA_LIMIT)) return METADATA_LIMIT
  return stored(document) > DOCUMENT_LIMIT + (metadata === undefined ? MIB / 2 : 0) ? DOCUMENT_LIMIT : undefined
}

/** Bytes of a value in the database's own format (BSON), rounded up. */
function stored(value: unknown): number {
  if (typeof value === 'string') return 5 + bytesOf(value)
  if (typeof value !== 'object' || value === null) return 8
  let bytes = 5
  for (const [name, inner] of Object.entries(value)) bytes += 2 + bytesOf(name) + stored(inner)
  return bytes
}
