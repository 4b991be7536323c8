/** One character of a pattern, such as `a`, `\d` or `[^x-z]`. */
export interface CharacterSet {
  /** Which of the ASCII characters are in the set, by code. */
  readonly ascii: readonly boolean[]
  /** True if characters beyond ASCII may be in the set. */
  readonly reachesBeyond: boolean
  has(character: string): boolean
}

const ASCII = 128
const ASCII_CHARACTERS = Array.from({ length: ASCII }, (_, code) => String.fromCharCode(code))

/** The set of a source such as `\d`, as the host's own expressions read it. */
export function characterSet(source: string, flags: string): CharacterSet {
  const expression = new RegExp(`^(?:${source})$`, flags)
  const ascii = ASCII_CHARACTERS.map((character) => expression.test(character))
  const reachesBeyond = mayReachBeyond(source)
  return {
    ascii,
    reachesBeyond,
    has(character) {
      const code = character.charCodeAt(0)
      return code < ASCII ? ascii[code] === true : reachesBeyond && expression.test(character)
    },
  }
}

/** Wide escapes, octal ones, negations and the dot reach beyond ASCII, and so does a character that is not ASCII itself. */
function mayReachBeyond(source: string): boolean {
  return (
    source === '.' ||
    source.startsWith('[^') ||
    /\\[DWSpPux2-7]/.test(source) ||
    /[^\0-\x7f]/.test(source) ||
    source.includes('\\s')
  )
}

/** True if some character may be in both sets. */
export function overlaps(one: Reach, other: Reach): boolean {
  return (one.reachesBeyond && other.reachesBeyond) || one.ascii.some((has, code) => has && other.ascii[code] === true)
}

/** The characters of a set, without a way to ask for one beyond ASCII. */
export type Reach = Pick<CharacterSet, 'ascii' | 'reachesBeyond'>

/** The characters that are in one of two sets. */
export function union(one: Reach, other: Reach): Reach {
  return {
    ascii: one.ascii.map((has, code) => has || other.ascii[code] === true),
    reachesBeyond: one.reachesBeyond || other.reachesBeyond,
  }
}

/** No character. */
export const NO_CHARACTER: Reach = { ascii: ASCII_CHARACTERS.map(() => false), reachesBeyond: false }
