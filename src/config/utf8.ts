import { positionsIn, type TextPosition } from './text-position.ts'

/** The text of a file, or a problem without its path. */
export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | ({ readonly ok: false; readonly found: string; readonly expected: string } & Partial<TextPosition>)

/** Bytes of a file → its text, without a byte order mark. Other encodings are refused, since labels would lose letters (RFC 8259 §8.1). */
export function decodeUtf8(bytes: Uint8Array): DecodedText {
  const encoding = wideEncoding(bytes)
  if (encoding !== undefined) return { ok: false, found: `a text in ${encoding}`, expected: A_TEXT }
  const offset = firstInvalidByte(bytes)
  if (offset === undefined) return { ok: true, text: new TextDecoder().decode(bytes) }
  const before = new TextDecoder().decode(bytes.subarray(0, offset))
  const found = `a byte at offset ${offset} that is no UTF-8, ${probableEncoding(bytes, offset)}`
  return { ok: false, found, expected: A_TEXT, ...positionsIn(before)(before.length) }
}

const A_TEXT = 'a text in UTF-8'

/** The character that decoders put in place of invalid bytes. */
export const REPLACEMENT_CHARACTER = '\uFFFD'

/** Position of the first replacement character, which an earlier decoder has left. */
export function firstReplacementCharacter(text: string): TextPosition | undefined {
  const offset = text.indexOf(REPLACEMENT_CHARACTER)
  return offset === -1 ? undefined : positionsIn(text)(offset)
}

/** UTF-16 and UTF-32, by a mark or by zeros beside the first character, which is ASCII in a configuration. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const first = [0, 1, 2, 3].map((index) => bytes[index])
  const startsWith = (...expected: readonly number[]) => expected.every((byte, index) => first[index] === byte)
  if (startsWith(0xff, 0xfe, 0, 0) || startsWith(0, 0, 0xfe, 0xff)) return 'UTF-32'
  if (startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff)) return 'UTF-16'
  const zeros = first.map((byte) => byte === 0)
  if (zeros[0] !== true && zeros[1] !== true) return undefined
  if (zeros.filter(Boolean).length === 3) return 'UTF-32, without a mark'
  return zeros[0] === zeros[1] ? undefined : 'UTF-16, without a mark'
}

/** Offset of the first byte that belongs to no character. A decoder only says that there is one, so this is a binary search. */
function firstInvalidByte(bytes: Uint8Array): number | undefined {
  if (isDecodable(bytes, false)) return undefined
  let [valid, invalid] = [0, bytes.length]
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >>> 1
    if (isDecodable(bytes.subarray(0, middle), true)) valid = middle
    else invalid = middle - 1
  }
  return startOfCharacter(bytes, valid)
}

/** With `stream`, a character that is cut off at the end is accepted. */
function isDecodable(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream })
    return true
  } catch {
    return false
  }
}

/** Back from the byte that the decoder refused to the first byte of its unfinished character. */
function startOfCharacter(bytes: Uint8Array, offset: number): number {
  for (let start = offset; start > Math.max(0, offset - 4); start -= 1) {
    if (isDecodable(bytes.subarray(0, start), false)) return start
  }
  return offset
}

/** A single byte after nothing but ASCII points to another encoding; after valid UTF-8 characters, to a damaged file. */
function probableEncoding(bytes: Uint8Array, offset: number): string {
  const before = new TextDecoder().decode(bytes.subarray(0, offset))
  const isSingle = (bytes[offset + 1] ?? 0) < 0x80
  const isAscii = /^[\u0000-\u007F]*$/.test(before)
  return isAscii && isSingle ? 'as in Latin-1 or Windows-1252' : 'among others that are'
}
