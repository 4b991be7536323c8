/** Digits of an id. */
const MOST_OF_AN_ID = 2_000
/** Most digits that `toPrecision` writes. */
const MOST_DIGITS = 100

/** A decimal as it is compared: zero has no digits, none ends with a zero. The value is `0.<digits>` times ten to the `scale`. */
interface Decimal {
  readonly digits: string
  readonly scale: number
}

/**
 * True if the double that a JSON number becomes still says what was written. An integer does where it is printed as the same
 * decimal: 9007199254740993 and 9223372036854775808 are not, and neither are 1e400 and 1e-400. A fraction does where the double,
 * rounded to as many digits, is what was written: so 0.1 does, and 0.10000000000000001, which some print for it.
 */
export function isExact(literal: string): boolean {
  const value = Number(literal)
  if (String(value) === literal) return true
  const written = decimalOf(literal)
  const { digits, scale } = written
  if (digits === '') return true
  if (!Number.isFinite(value) || value === 0) return false
  if (isSame(decimalOf(String(value)), written)) return true
  if (scale >= digits.length || digits.length > MOST_DIGITS) return false
  return isSame(decimalOf(value.toPrecision(digits.length)), written)
}

function isSame(one: Decimal, other: Decimal): boolean {
  return one.digits === other.digits && one.scale === other.scale
}

/** The same text for all spellings of one decimal. */
export function normalOf(literal: string): string {
  const { digits, scale } = decimalOf(literal)
  return digits === '' ? '0' : `${literal.startsWith('-') ? '-' : ''}0.${digits}e${scale}`
}

/** The digits of an integer in the form of `normalOf`; `undefined` for a fraction, or for more digits than an id has. */
export function integerOf(normal: string): string | undefined {
  const [, sign = '', digits = '', exponent = ''] = /^(-?)0\.(\d+)e(-?\d+)$/.exec(normal) ?? []
  const scale = Number(exponent)
  const isInteger = digits !== '' && scale >= digits.length && scale <= MOST_OF_AN_ID
  return isInteger ? sign + digits.padEnd(scale, '0') : undefined
}

function decimalOf(literal: string): Decimal {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(literal) ?? []
  const all = whole + fraction
  let [first, last] = [0, all.length]
  while (all[first] === '0') first++
  while (all[last - 1] === '0') last--
  return { digits: all.slice(first, last), scale: whole.length - first + Number(exponent) }
}
