import { finding, type Finding } from './finding.ts'
import { isMisspellingOf, similarWord } from './nearest-word.ts'

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Shortest names of which one changed letter is a misspelling: "APP_TOKEN" is a name of its own, not "API_TOKEN". */
const SHORTEST = 12
/** Common names that are similar to one of ours. */
const OTHERS: ReadonlySet<string> = new Set(['HTTPS_PORT', 'HTTPS_HOST'])

/** Variables that are set and unknown, and nearly a known one that is not set. Their values are not shown. */
export function misspeltVariables(variables: Variables, known: readonly string[]): readonly Finding[] {
  const unset = known.filter((name) => !isSet(variables, name))
  return unknownNames(variables, known).flatMap((path) => {
    const meant = unset.find((name) => isMisspelling(path, name))
    if (meant === undefined) return []
    return [finding('variable.unknown', { path, found: 'an unknown variable', expected: `"${meant}"` })]
  })
}

/** The variable that is set in place of an expected one, if one has a similar name. */
export function similarVariable(expected: string, variables: Variables, known: readonly string[]): string | undefined {
  return similarWord(expected, unknownNames(variables, known))
}

function unknownNames(variables: Variables, known: readonly string[]): readonly string[] {
  const ours = new Set(known)
  return Object.keys(variables).filter((name) => !ours.has(name) && !OTHERS.has(name) && isSet(variables, name))
}

function isMisspelling(name: string, known: string): boolean {
  const hasChangedLetter = name.length === known.length && name.toUpperCase() !== known
  return (!hasChangedLetter || known.length >= SHORTEST) && isMisspellingOf(name, known)
}

function isSet(variables: Variables, name: string): boolean {
  return variables[name] !== undefined && variables[name] !== ''
}
