import { distance } from 'fastest-levenshtein'

/** More says nothing about a likeness, and costs. */
const LONGEST = 100

/** The word that somebody may have meant, letter case left aside. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const meant = normal(word)
  const measured = known.map((candidate) => ({ candidate, far: distance(meant, normal(candidate)) }))
  return measured.reduce<(typeof measured)[number] | undefined>(
    (best, next) => (best === undefined || next.far < best.far ? next : best),
    undefined,
  )?.candidate
}

/** The same, where it is near enough to be worth a hint: of a word of one letter only itself is. */
export function resembling(word: string, known: readonly string[]): string | undefined {
  const candidate = nearest(word, known)
  if (candidate === undefined) return undefined
  const bound = Math.min(word.length - 1, Math.max(2, word.length / 3))
  return distance(normal(word), normal(candidate)) <= bound ? candidate : undefined
}

function normal(word: string): string {
  return word.slice(0, LONGEST).toLowerCase()
}
