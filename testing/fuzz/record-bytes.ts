/** A record as any client may write it: header names are bytes, and any value may be null. */
export interface RawRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Absent in message formats before 2. */
  readonly headers: readonly RawHeader[] | undefined
  /** Absent in message format 0. */
  readonly timestamp: bigint | undefined
}

/** A header of a record, any bytes. */
export interface RawHeader {
  readonly name: Buffer
  readonly value: Buffer | null
}

/** The bytes of a record in a batch of format 2, without the length. The batch's own timestamp is 0. */
export function recordBytes(record: RawRecord, offsetDelta: number): Buffer {
  const headers = record.headers ?? []
  return Buffer.concat([
    Buffer.of(0),
    zigzag(record.timestamp ?? -1n),
    zigzag(BigInt(offsetDelta)),
    sized(record.key),
    sized(record.value),
    zigzag(BigInt(headers.length)),
    ...headers.flatMap(({ name, value }) => [sized(name), sized(value)]),
  ])
}

function sized(bytes: Buffer | null): Buffer {
  return bytes === null ? zigzag(-1n) : Buffer.concat([zigzag(BigInt(bytes.length)), bytes])
}

function zigzag(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
