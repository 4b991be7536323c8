import { finding, type Finding } from './finding.ts'
import { formatPath, get, isObject, type JsonObject, type Path } from './json-tree.ts'
import { isMisspellingOf, nearestWord } from './nearest-word.ts'
import { problem, type Problem } from './problem.ts'
import { CONFIGURATION } from './schema.ts'
import { walkSchema, type SchemaNode } from './walk-schema.ts'

/** Unknown keys: misspellings, and all others. */
export interface UnknownKeys {
  /** Keys that are nearly a known key, which is absent: a misspelling. */
  readonly problems: readonly Problem[]
  /** All others, such as the keys that the reference's Configurator adds. */
  readonly findings: readonly Finding[]
  /** Paths of the known keys that misspellings mean: that these are absent is no further report. */
  readonly meant: ReadonlySet<string>
}

/** Keys that are not in the schema (C2.5); none where the file says `"unknownKeys": "ignore"`. */
export function unknownKeys(file: JsonObject): UnknownKeys {
  if (get(file['settings'], 'unknownKeys') === 'ignore') return { problems: [], findings: [], meant: new Set() }
  const unknown = [...walkSchema(CONFIGURATION, file)].flatMap(unknownKeysOf)
  return {
    problems: unknown.flatMap((key) => misspellingProblem(key) ?? []),
    findings: unknown.flatMap(({ path, meant, expected }) =>
      meant === undefined ? [finding('key.unknown', { path, found: FOUND, expected })] : [],
    ),
    meant: new Set(
      unknown.flatMap(({ meant, object }) => (meant === undefined ? [] : [formatPath([...object, meant])])),
    ),
  }
}

const FOUND = 'an unknown key'

interface UnknownKey {
  readonly path: string
  readonly object: Path
  /** The known key that is absent and nearly this one. */
  readonly meant: string | undefined
  readonly expected: string
}

function unknownKeysOf({ schema, value, path }: SchemaNode): readonly UnknownKey[] {
  if (schema.type !== 'object' || !isObject(value)) return []
  const known = Object.keys(schema.entries)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  if (unknown.length === 0) return []
  const absent = known.filter((key) => !Object.hasOwn(value, key) && !WITHOUT_EFFECT.has(key))
  return unknown.map((key) => ({
    path: formatPath([...path, key]),
    object: path,
    meant: absent.find((candidate) => isMisspellingOf(key, candidate)),
    expected: expectedKey(key, known),
  }))
}

/** Keys that change nothing, so that a misspelling of one is no problem. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['$schema'])

function misspellingProblem({ path, meant }: UnknownKey): Problem | undefined {
  if (meant === undefined) return undefined
  const expected = `"${meant}" ("settings.unknownKeys": "ignore" accepts unknown keys)`
  return problem('key.misspelt', { path, found: FOUND, expected })
}

/** The reference has two names for one thing, in different sections. */
const SYNONYMS: Readonly<Record<string, string>> = { host: 'endpoint', endpoint: 'host' }

function expectedKey(key: string, known: readonly string[]): string {
  const synonym = SYNONYMS[key]
  const nearest = synonym !== undefined && known.includes(synonym) ? synonym : nearestWord(key, known)
  return nearest === undefined ? 'no keys here' : `a known key; the nearest is "${nearest}"`
}
