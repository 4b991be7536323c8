/** Whether a text takes no more than so many bytes of UTF-8. Most are so short that nobody has to count. */
export function fits(text: string, bytes: number): boolean {
  return text.length * 3 <= bytes || (text.length <= bytes && bytesOf(text) <= bytes)
}

/** Bytes of UTF-8, of a text without halves of surrogate pairs, as all JSON is. */
export function bytesOf(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    // Two units of a surrogate pair are four bytes, any other unit from U+0800 on is three.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}
