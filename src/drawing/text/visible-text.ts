/** Replacement of a character that cannot be shown. */
export const REPLACEMENT = '\uFFFD'

/** Characters that XML 1.0 refuses, and those that turn the direction of the text around them. */
const UNSHOWN =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g

/** Longest text that a picture repeats in a tooltip. */
const LONGEST = 2_000

/**
 * A text of saga.json as a picture shows it: one line without control characters, lone surrogates and marks of direction, which
 * become U+FFFD. Texts over 2,000 UTF-16 units are cut.
 */
export function visibleText(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  return short.toWellFormed().replaceAll(BREAKS, ' ').replaceAll(UNSHOWN, REPLACEMENT)
}

const BREAKS = /[\t\n\r\u2028\u2029]+/g
