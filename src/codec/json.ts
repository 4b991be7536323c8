import { inexactIn } from './numbers.ts'
import type { Inexact } from './numbers.ts'

/** A parsed text, or the reason why it is not JSON. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown; readonly inexact?: Inexact }
  | { readonly ok: false; readonly why: string }

/** Levels of arrays and objects that a text may nest: deeper ones overflow the stack of serializers. */
export const DEEPEST = 500

/** Parses JSON of a client. The reason completes the sentence "the body …" or "the value …". */
export function parseJson(text: string): Parsed {
  if (text === '') return { ok: false, why: 'is empty; expected a JSON object' }
  // Each level takes at least two characters, so a short text cannot be too deep.
  if (text.length > 2 * DEEPEST && isDeeper(text, DEEPEST))
    return { ok: false, why: `nests deeper than ${DEEPEST} levels` }
  try {
    const value: unknown = JSON.parse(text)
    const inexact = inexactIn(text)
    return inexact === undefined ? { ok: true, value } : { ok: true, value: inexact.kept(value), inexact }
  } catch {
    return { ok: false, why: 'is not valid JSON' }
  }
}

/** Checked before parsing: some runtimes' parsers crash at ten thousand levels. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0, quoted = false; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH && quoted) at++
    else if (code === QUOTE) quoted = !quoted
    else if (quoted) continue
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > most) return true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
  }
  return false
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]
