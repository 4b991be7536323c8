import { placesIn, type TextPlace } from './text-position.ts'

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly found: string; readonly expected: string; readonly place?: TextPlace | undefined }

/** The bytes of a file → its text, less a byte order mark. What is no UTF-8 is refused: labels would be broken (RFC 8259 §8.1). */
export function decodeText(bytes: Uint8Array): Decoded {
  const wide = wideEncoding(bytes)
  if (wide !== undefined) return { ok: false, found: `a text in ${wide}`, expected: A_TEXT }
  const offset = firstBroken(bytes)
  if (offset === undefined) return { ok: true, text: new TextDecoder().decode(bytes) }
  const before = new TextDecoder().decode(bytes.subarray(0, offset))
  const place = placesIn(before)(before.length)
  const found = `a byte at offset ${offset} that is no UTF-8, ${likeness(bytes, offset)}`
  return { ok: false, found, expected: A_TEXT, place }
}

const A_TEXT = 'a text in UTF-8'

/** What decoders put for bytes that are no UTF-8. */
export const REPLACED = '\uFFFD'

/** Where a text holds a sign for bytes that somebody else could not decode. */
export function firstReplaced(text: string): TextPlace | undefined {
  const offset = text.indexOf(REPLACED)
  return offset === -1 ? undefined : placesIn(text)(offset)
}

/** UTF-16 and UTF-32 with a mark, or by the zeros beside the first character, which is an ASCII one in a configuration. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const first = [0, 1, 2, 3].map((index) => bytes[index])
  const starts = (...expected: readonly number[]) => expected.every((byte, index) => first[index] === byte)
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) return 'UTF-32'
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return 'UTF-16'
  const zeros = first.map((byte) => byte === 0)
  if (zeros[0] !== true && zeros[1] !== true) return undefined
  if (zeros.filter(Boolean).length === 3) return 'UTF-32, without a mark'
  return zeros[0] === zeros[1] ? undefined : 'UTF-16, without a mark'
}

/** Offset of the first byte that belongs to no character; a decoder says only that there is one, so it is searched by halves. */
function firstBroken(bytes: Uint8Array): number | undefined {
  if (isDecodable(bytes, false)) return undefined
  let [whole, broken] = [0, bytes.length]
  while (whole < broken) {
    const middle = (whole + broken + 1) >>> 1
    if (isDecodable(bytes.subarray(0, middle), true)) whole = middle
    else broken = middle - 1
  }
  return startOfCharacter(bytes, whole)
}

/** A character that is cut off at the end is let pass where more is to come. */
function isDecodable(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream })
    return true
  } catch {
    return false
  }
}

/** Back from where the decoder gave up to the lead byte whose character was never finished. */
function startOfCharacter(bytes: Uint8Array, offset: number): number {
  for (let start = offset; start > Math.max(0, offset - 4); start -= 1) {
    if (isDecodable(bytes.subarray(0, start), false)) return start
  }
  return offset
}

/** Somebody's editor, or a copy that was cut: where other characters are UTF-8, most of the text was. */
function likeness(bytes: Uint8Array, offset: number): string {
  const before = new TextDecoder().decode(bytes.subarray(0, offset))
  const isAlone = (bytes[offset + 1] ?? 0) < 0x80
  const isAscii = /^[\u0000-\u007F]*$/.test(before)
  return isAscii && isAlone ? 'as in Latin-1 or Windows-1252' : 'among others that are'
}
