import { isNearly, nearest } from './nearest-word.ts'
import type { Finding, Problem } from './problem.ts'
import { CONFIGURATION } from './schema.ts'
import { formatPath, get, isObject, type JsonObject } from './json-tree.ts'
import { places, type Place } from './walk-schema.ts'

export interface UnknownKeys {
  /** Keys that are nearly one that is known and absent: somebody meant that one. */
  readonly problems: readonly Problem[]
  /** All others: the reference's Configurator writes keys of its own. */
  readonly findings: readonly Finding[]
}

/** The keys that nobody reads (C2.5), but where the file has them ignored. */
export function unknownKeys(written: JsonObject): UnknownKeys {
  if (get(written['settings'], 'unknownKeys') === 'ignore') return { problems: [], findings: [] }
  const unknown = [...places(CONFIGURATION, written)].flatMap(unknownIn)
  return {
    problems: unknown.flatMap(({ path, meant }) => (meant === undefined ? [] : [misspelt(path, meant)])),
    findings: unknown.flatMap(({ path, meant, hint }) =>
      meant === undefined ? [{ path, reason: `nobody reads this key, ${hint}` }] : [],
    ),
  }
}

interface UnknownKey {
  readonly path: string
  /** The known key that is absent and nearly this one. */
  readonly meant: string | undefined
  readonly hint: string
}

function unknownIn({ schema, value, path }: Place): readonly UnknownKey[] {
  if (schema.entries === undefined || !isObject(value)) return []
  const known = Object.keys(schema.entries)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  if (unknown.length === 0) return []
  const absent = known.filter((key) => !Object.hasOwn(value, key) && !HARMLESS.has(key))
  return unknown.map((key) => ({
    path: formatPath([...path, key]),
    meant: absent.find((candidate) => isNearly(key, candidate)),
    hint: hint(key, known),
  }))
}

/** Nothing is done differently without it. */
const HARMLESS: ReadonlySet<string> = new Set(['$schema'])

function misspelt(path: string, meant: string): Problem {
  const expected = `"${meant}", which is not there ("settings.unknownKeys": "ignore" lets such keys pass)`
  return { path, found: 'a key that nobody reads', expected }
}

/** Two sections of the reference have two words for one thing. */
const SAME: Readonly<Record<string, string>> = { host: 'endpoint', endpoint: 'host' }

function hint(key: string, known: readonly string[]): string {
  const same = SAME[key]
  const candidate = same !== undefined && known.includes(same) ? same : nearest(key, known)
  return candidate === undefined ? 'no key is known here' : `the nearest known key is "${candidate}"`
}
