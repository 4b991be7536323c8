const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The decoded text; `undefined` without bytes, or where they are not UTF-8. */
export function textOf(bytes: Uint8Array | null | undefined): string | undefined {
  if (bytes === null || bytes === undefined) return undefined
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}
