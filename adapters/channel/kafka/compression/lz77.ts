import { checkSize, RecordsUnreadable } from './records-unreadable.ts'

/** A match of this length or more is copied in parts, a shorter one byte by byte. */
const LONG_MATCH = 32

/** Unpacked bytes. Literals and matches, of which Snappy and LZ4 consist, are appended. */
export class UnpackedBytes {
  #bytes: Buffer
  #length = 0
  /** The end of the reserved room. */
  #end: number
  readonly #largest: number

  /** `size`: bytes of room at first. `largest`: bytes that a batch may unpack to. */
  constructor(size: number, largest: number) {
    this.#end = Math.min(size, largest)
    this.#bytes = Buffer.allocUnsafe(this.#end)
    this.#largest = largest
  }

  get length(): number {
    return this.#length
  }

  /** The bytes from `start` on. */
  from(start: number): Buffer {
    return this.#bytes.subarray(start, this.#length)
  }

  /** Makes room for a block of at most `most` bytes. */
  beginBlock(most: number): void {
    this.#end = this.#length + most
    if (this.#end <= this.#bytes.length) return
    const bytes = Buffer.allocUnsafe(Math.max(this.#end, Math.min(2 * this.#bytes.length, this.#largest)))
    this.#bytes.copy(bytes, 0, 0, this.#length)
    this.#bytes = bytes
  }

  /** Throws where the bytes are more than `largest` now. */
  endBlock(): void {
    checkSize(this.#length, this.#largest)
  }

  /** Appends the bytes from `start` to `end` of `packed`. */
  appendLiterals(packed: Buffer, start: number, end: number): void {
    if (end > packed.length) throw new RecordsUnreadable('ends too early')
    const next = this.#next(end - start)
    packed.copy(this.#bytes, this.#length, start, end)
    this.#length = next
  }

  /** Appends `length` bytes that begin `distance` before the end. They may overlap the bytes that are written. */
  appendMatch(distance: number, length: number): void {
    const to = this.#length
    if (distance === 0 || distance > to) throw new RecordsUnreadable(`goes back ${distance} bytes from byte ${to}`)
    const next = this.#next(length)
    const from = to - distance
    const bytes = this.#bytes
    if (length < LONG_MATCH)
      for (let index = 0; index < length; index++) bytes[to + index] = bytes[from + index] as number
    else
      for (let done = 0, part = 0; done < length; done += part) {
        // With an overlap only what is written already can be copied, which is more each time.
        part = Math.min(length - done, distance + done)
        bytes.copyWithin(to + done, from, from + part)
      }
    this.#length = next
  }

  #next(more: number): number {
    const next = this.#length + more
    if (next > this.#end) throw new RecordsUnreadable('unpacks to more bytes than it says')
    return next
  }
}
