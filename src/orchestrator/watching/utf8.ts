const ENCODER = new TextEncoder()

/** The bytes of a text. */
export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text)
}
