import { distance } from 'fastest-levenshtein'

/** Longer words are cut: the comparison is quadratic. */
const LONGEST = 100

/** The known word with the smallest edit distance, letter case ignored. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const normal = normalized(word)
  const measured = known.map((candidate) => ({ candidate, edits: distance(normal, normalized(candidate)) }))
  return measured.reduce<(typeof measured)[number] | undefined>(
    (best, next) => (best === undefined || next.edits < best.edits ? next : best),
    undefined,
  )?.candidate
}

/** The nearest word, where at most a third of its letters differ. A word of one letter is similar to itself only. */
export function similarWord(word: string, known: readonly string[]): string | undefined {
  const candidate = nearestWord(word, known)
  if (candidate === undefined) return undefined
  const most = Math.min(word.length - 1, Math.max(2, word.length / 3))
  return distance(normalized(word), normalized(candidate)) <= most ? candidate : undefined
}

/** Shortest words of which one changed, or one additional, letter is a misspelling. "date" is a word of its own, not "rate". */
const SHORTEST = { changed: 5, additional: 4 }

/** True if two words differ by letter case, a plural or one letter. */
export function isMisspellingOf(word: string, known: string): boolean {
  const [one, other] = [normalized(word), normalized(known)]
  if (one === other || singular(one) === singular(other)) return true
  const shortest = one.length === other.length ? SHORTEST.changed : SHORTEST.additional
  return Math.min(one.length, other.length) >= shortest && distance(one, other) === 1
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return word.replace(/(?<=s|x|z|ch|sh)es$|s$/, '')
}

function normalized(word: string): string {
  return word.slice(0, LONGEST).toLowerCase()
}
