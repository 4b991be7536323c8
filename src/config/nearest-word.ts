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

/** Of shorter words one other letter makes another word: "date" is not "rate". */
const LEAST = { changed: 5, more: 4 }

/** Whether two words differ by letter case, a plural or one letter. */
export function isNearly(word: string, known: string): boolean {
  const [one, other] = [normal(word), normal(known)]
  if (one === other || singular(one) === singular(other)) return true
  const least = one.length === other.length ? LEAST.changed : LEAST.more
  return Math.min(one.length, other.length) >= least && distance(one, other) === 1
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return word.replace(/(?<=s|x|z|ch|sh)es$|s$/, '')
}

function normal(word: string): string {
  return word.slice(0, LONGEST).toLowerCase()
}
