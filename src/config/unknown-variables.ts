import { isNearly, resembling } from './nearest-word.ts'
import type { Finding } from './problem.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Of shorter names one other letter makes another name: "APP_TOKEN" is not "API_TOKEN". */
const LEAST = 12
/** Names that are near one of ours and mean something else wherever they are set. */
const OTHERS: ReadonlySet<string> = new Set(['HTTPS_PORT', 'HTTPS_HOST'])

/** A finding for each variable that is set, unknown, and nearly a known one that is not. Values are not told. */
export function misspelt(variables: Variables, known: readonly string[]): readonly Finding[] {
  const unset = known.filter((name) => !isSet(variables, name))
  return strangers(variables, known).flatMap((path) => {
    const meant = unset.find((name) => isMeant(path, name))
    return meant === undefined
      ? []
      : [{ path, reason: `nobody reads this variable, the nearest known one is "${meant}"` }]
  })
}

/** The variable that is set where this one was expected, if one looks like it. */
export function setInstead(name: string, variables: Variables, known: readonly string[]): string | undefined {
  return resembling(name, strangers(variables, known))
}

function strangers(variables: Variables, known: readonly string[]): readonly string[] {
  const ours = new Set(known)
  return Object.keys(variables).filter((name) => !ours.has(name) && !OTHERS.has(name) && isSet(variables, name))
}

function isMeant(name: string, known: string): boolean {
  const isReplaced = name.length === known.length && name.toUpperCase() !== known
  return (!isReplaced || known.length >= LEAST) && isNearly(name, known)
}

function isSet(variables: Variables, name: string): boolean {
  return variables[name] !== undefined && variables[name] !== ''
}
