/**
 * A batch that cannot be unpacked, since it is broken or too large. `retriable` is false, so kafkajs gives up at once: another try would
 * read the same bytes.
 */
export class RecordsUnreadable extends Error {
  override readonly name: string = 'RecordsUnreadable'
  readonly retriable: boolean = false
}

/** Throws where a batch unpacks to more than `largest` bytes. */
export function checkSize(size: number, largest: number): void {
  if (size > largest) throw new RecordsUnreadable(`unpacks to more than ${largest} bytes`)
}
