import { fits } from './utf8-size.ts'

/** Bytes of the largest record: the stores have different limits, the smallest of which is a value of Deno KV. */
export const LARGEST_RECORD = 49_152

/** Throws a `RangeError` for a text beyond `LARGEST_RECORD`: no store may take what another one refuses. */
export function mustFitRecord(key: string, text: string): void {
  if (!fits(text, LARGEST_RECORD))
    throw new RangeError(
      `write record "${key}": found ${text.length} characters, expected at most ${LARGEST_RECORD} bytes`,
    )
}
