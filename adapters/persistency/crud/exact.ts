import { FOREIGN, flawOf } from '../../../src/codec/stored-schema.ts'
import type { StoredDocument, StoredHistory } from '../../../src/codec/stored-document.ts'

/** Keys that the service refuses, or takes for a type of its database: `$ref` with `$id` may come back changed. */
const REFUSED = ['__proto__', 'constructor', '_bsontype', '$ref']
/**
 * Values that the service or its database changes or refuses: some keys, halves of surrogate pairs, NUL, map points (they come back as
 * bare coordinates), too many levels. JSON writes each of them in one way only.
 */
const ODD = /"(?:__proto__|constructor|_bsontype|\$ref|Point)"|\\u(?:0000|d[89a-f])/
/** The database accepts 100 levels; the document has some of its own. */
const LEVELS = 80

/** The part of a document that comes from outside. All other values are ours or the machine's. */
type ForeignPart = Pick<StoredDocument, 'associatedEntityId' | 'metadata'> &
  Pick<StoredHistory, 'owed' | 'dead' | 'parked' | 'operations'>

/** True where the service cannot hold the value as it is. `text`: the JSON of `value`. */
export function isOdd(text: string, value: unknown): boolean {
  return ODD.test(text) || isDeeper(value, LEVELS)
}

/** The foreign part of a document as one text, which every store keeps unchanged. */
export function exactOf({ associatedEntityId, metadata, history }: StoredDocument): string {
  const { owed, dead, parked, operations } = history
  return JSON.stringify({ associatedEntityId, metadata, owed, dead, parked, operations } satisfies ForeignPart)
}

/** The document with its foreign part restored; `undefined` where the text is damaged. */
export function restore(document: StoredDocument, exact: unknown): StoredDocument | undefined {
  const foreign = foreignIn(exact)
  if (foreign === undefined) return undefined
  const { associatedEntityId, metadata, owed, dead, parked, operations } = foreign
  const history = { ...document.history, owed, dead, parked, operations: operations ?? document.history.operations }
  return { ...document, associatedEntityId, metadata, history }
}

function foreignIn(text: unknown): ForeignPart | undefined {
  try {
    const foreign: unknown = JSON.parse(String(text))
    return flawOf(FOREIGN, foreign) === undefined ? (foreign as ForeignPart) : undefined
  } catch {
    return undefined
  }
}

/**
 * The part of a value that the service accepts, for clients that read the collection: refused keys are left out, deep values
 * are `null`.
 */
export function acceptedPart(value: unknown, levels: number = LEVELS): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((item) => acceptedPart(item, levels - 1))
  const entries = Object.entries(value).filter(([key]) => isTaken(key))
  return Object.fromEntries(entries.map(([key, inner]) => [key, acceptedPart(inner, levels - 1)]))
}

function isTaken(key: string): boolean {
  return !REFUSED.includes(key) && !key.includes('\u0000')
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const inner of Object.values(value)) if (isDeeper(inner, levels - 1)) return true
  return false
}
