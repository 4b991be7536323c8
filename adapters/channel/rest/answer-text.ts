import { hideSecrets } from './hidden-secrets.ts'

/** Bytes of a failed answer that are read and kept for people. */
export const ANSWER_BYTES = 1_000

const REDACTED = '[redacted]'
/** Credentials of others, such as those that the participant used itself. */
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=\\%-]+/gi
const WEB_TOKEN = /\beyJ[\w.-]{10,}/g
/** Control characters other than line breaks and tabs: some stores and terminals change them. */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g

/**
 * The words of a participant without these secrets, at most `ANSWER_BYTES` long; `undefined` where there are none (C2.6). `text` is
 * the beginning of the answer: a secret that is cut at its end goes too.
 */
export function answerText(text: string, secrets: readonly string[]): string | undefined {
  const known = withoutKnown(text, secrets, isCut(text))
  const shown = known.replaceAll(CREDENTIALS, `$1 ${REDACTED}`).replaceAll(WEB_TOKEN, REDACTED)
  return bounded(shown.replaceAll(CONTROL, '\uFFFD').trim()) || undefined
}

/** A text of a host or of a participant without these secrets. `isCut`: it may end within one. */
export function withoutKnown(text: string, secrets: readonly string[], isCut = false): string {
  return hideSecrets(text, secrets.flatMap(spellingsOf), isCut)
}

/** A secret as an answer may repeat it: whole or the credentials alone. */
function spellingsOf(secret: string): readonly string[] {
  const [, scheme = '', credentials] = /^(\w+) +(\S.*)$/.exec(secret) ?? []
  const decoded = scheme.toLowerCase() === 'basic' ? decodedBasic(credentials ?? '') : []
  const parts = [secret, ...(credentials === undefined ? [] : [credentials]), ...decoded]
  return parts.flatMap((part) => [part, encoded(part)])
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

function bounded(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(ANSWER_BYTES))
  return text.slice(0, read)
}
