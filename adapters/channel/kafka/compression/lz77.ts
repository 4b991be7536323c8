/** Most bytes that the records of one batch may have unpacked. What a broker takes is at most some MiB, packed. */
export const LARGEST_BATCH: number = 256 * 1024 * 1024

/**
 * A batch that cannot be unpacked: broken, or too large. The same bytes come again at every try, so `retriable` tells
 * kafkajs to give up at once.
 */
export class RecordsUnreadable extends Error {
  override readonly name: string = 'RecordsUnreadable'
  readonly retriable: boolean = false
}

/** Throws when more than `largest` bytes would be unpacked. */
export function limit(size: number, largest: number): void {
  if (size > largest) throw new RecordsUnreadable(`unpacks to more than ${largest} bytes`)
}

/** Writes `length` bytes at `to` which are those that begin `distance` before it, and may overlap what is written. */
export function repeat(bytes: Buffer, to: number, distance: number, length: number): void {
  if (distance === 0 || distance > to) throw new RecordsUnreadable(`goes back ${distance} bytes from byte ${to}`)
  if (to + length > bytes.length) throw new RecordsUnreadable('unpacks to more bytes than it says')
  const from = to - distance
  if (length < 32) for (let index = 0; index < length; index++) bytes[to + index] = bytes[from + index] as number
  else
    for (let done = 0, part = 0; done < length; done += part) {
      // What overlaps is copied as far as it is written, which is more each time.
      part = Math.min(length - done, distance + done)
      bytes.copyWithin(to + done, from, from + part)
    }
}

/** Writes the bytes `from` to `end` of `source` at `to`. */
export function insert(bytes: Buffer, to: number, source: Buffer, from: number, end: number): void {
  if (end > source.length) throw new RecordsUnreadable('ends too early')
  if (to + end - from > bytes.length) throw new RecordsUnreadable('unpacks to more bytes than it says')
  source.copy(bytes, to, from, end)
}
