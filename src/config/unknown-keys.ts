import { nearest } from './nearest.ts'
import { CONFIGURATION } from './schema.ts'
import { formatPath, isObject } from './tree.ts'
import { places, type Place } from './walk.ts'

/** A warning for every key that nobody reads, with the nearest that somebody would (C2.5). */
export function unknownKeys(written: unknown): readonly string[] {
  return [...places(CONFIGURATION, written)].flatMap(unknownIn)
}

function unknownIn({ schema, value, path }: Place): readonly string[] {
  if (schema.entries === undefined || !isObject(value)) return []
  const known = Object.keys(schema.entries)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  return unknown.map((key) => `${formatPath([...path, key])}: nobody reads this key, ${hint(key, known)}`)
}

/** Two sections of the reference have two words for one thing. */
const SAME: Readonly<Record<string, string>> = { host: 'endpoint', endpoint: 'host' }

function hint(key: string, known: readonly string[]): string {
  const same = SAME[key]
  const candidate = same !== undefined && known.includes(same) ? same : nearest(key, known)
  return candidate === undefined ? 'no key is known here' : `the nearest known key is "${candidate}"`
}
