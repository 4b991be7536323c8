/** True where a text takes at most `bytes` of UTF-8. Short texts are decided by their length alone. */
export function fits(text: string, bytes: number): boolean {
  return text.length * 3 <= bytes || (text.length <= bytes && bytesOf(text) <= bytes)
}

/** Size in bytes of UTF-8. The text must be well-formed, as all JSON is. */
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
