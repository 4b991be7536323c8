/** Bytes of a failed answer that are read and kept for people. */
export const ANSWER_BYTES = 1_000

const REDACTED = '[redacted]'
/** A shorter value is no secret, and would be found in any text. */
const SHORTEST = 4
/** Nor is a word that any answer may have, such as the value of `x-forwarded-proto`. */
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'http', 'https', 'application/json'])
/** Credentials of others, such as those that the participant used itself. */
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi
const WEB_TOKEN = /\beyJ[\w.-]{10,}/g
/** Control characters other than line breaks and tabs: some stores and terminals change them. */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g

/**
 * The words of a participant without these secrets, at most `ANSWER_BYTES` long; `undefined` where there are none (C2.6). `text` is
 * the beginning of the answer: a secret that is cut at its end goes too.
 */
export function answerText(text: string, secrets: readonly string[]): string | undefined {
  const spelled = secrets.flatMap(spellingsOf).filter(isSecret)
  spelled.sort((one, other) => other.length - one.length)
  const whole = spelled.reduce((left, secret) => left.replaceAll(secret, REDACTED), text)
  const known = isCut(text) ? withoutCutSecret(whole, spelled) : whole
  const shown = known.replaceAll(CREDENTIALS, `$1 ${REDACTED}`).replaceAll(WEB_TOKEN, REDACTED)
  return bounded(shown.replaceAll(CONTROL, '\uFFFD').trim()) || undefined
}

function isSecret(value: string): boolean {
  return value.length >= SHORTEST && !WORDS.has(value.toLowerCase())
}

/** A secret as an answer may repeat it: whole or the credentials alone, escaped or not. */
function spellingsOf(secret: string): readonly string[] {
  const [, scheme = '', credentials] = /^(\w+) +(\S.*)$/.exec(secret) ?? []
  const decoded = scheme.toLowerCase() === 'basic' ? decodedBasic(credentials ?? '') : []
  const parts = [secret, ...(credentials === undefined ? [] : [credentials]), ...decoded]
  return parts.flatMap((part) => [part, JSON.stringify(part).slice(1, -1), encoded(part)])
}

/** User and password together, and the password alone. */
function decodedBasic(credentials: string): readonly string[] {
  try {
    const pair = atob(credentials)
    return [pair, pair.slice(pair.indexOf(':') + 1)]
  } catch {
    return []
  }
}

function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text
}

function isCut(text: string): boolean {
  return new TextEncoder().encode(text).length >= ANSWER_BYTES - LONGEST_CHARACTER
}

/** Bytes of a character: one that is cut is left out. */
const LONGEST_CHARACTER = 4

/** The text without the beginning of a secret at its end. */
function withoutCutSecret(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    for (let length = secret.length - 1; length > 0; length--) {
      if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + REDACTED
    }
  }
  return text
}

function bounded(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(ANSWER_BYTES))
  return text.slice(0, read)
}
