import { insert, limit, RecordsUnreadable, repeat } from './unpack.ts'

/** Snappy as Kafka has it: in xerial's frames from the Java clients, bare from others. */
export function unpackSnappy(packed: Buffer, largest: number): Buffer {
  if (!packed.subarray(0, MAGIC.length).equals(MAGIC)) return unpackBlock(packed, largest)
  const blocks: Buffer[] = []
  let size = 0
  for (let at = HEADER; at < packed.length;) {
    const end = at + 4 + packed.readUInt32BE(at)
    if (end > packed.length) throw new RecordsUnreadable('ends too early')
    const block = unpackBlock(packed.subarray(at + 4, end), largest - size)
    blocks.push(block)
    size += block.length
    at = end
  }
  return Buffer.concat(blocks, size)
}

/** Snappy that everybody reads, and that is not smaller: Batuta's own messages are not worth the search for repeats. */
export function packSnappy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [MAGIC, VERSIONS]
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = packBlock(bytes.subarray(at, at + BLOCK))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
/** Its version, and the oldest that reads it. */
const VERSIONS = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])
const HEADER = MAGIC.length + VERSIONS.length
const BLOCK = 32 * 1024
/** Three bytes repeat at most 64. A block that claims more is broken, and not worth its memory. */
const MOST_GROWTH = 64 / 3

function unpackBlock(packed: Buffer, largest: number): Buffer {
  const { value: size, end: start } = readVarint(packed)
  limit(size, largest)
  if (size > packed.length * MOST_GROWTH) throw new RecordsUnreadable(`says ${size} bytes and has ${packed.length}`)
  const bytes = Buffer.allocUnsafe(size)
  let from = start
  let to = 0
  while (from < packed.length) {
    const element = readElement(packed, from)
    const { distance, length, end } = element
    if (distance === undefined) insert(bytes, to, packed, end - length, end)
    else repeat(bytes, to, distance, length)
    from = end
    to += length
  }
  // What is not written is whatever was in memory.
  if (to !== size) throw new RecordsUnreadable(`says ${size} bytes and unpacks to ${to}`)
  return bytes
}

interface Element {
  readonly length: number
  /** Of a repeat. Without it the element is literal, and its bytes are the last ones before `end`. */
  readonly distance?: number
  readonly end: number
}

/** Reads past the end are Buffer's to find: it throws. */
function readElement(packed: Buffer, at: number): Element {
  const tag = packed.readUInt8(at)
  const high = tag >> 2
  if ((tag & 3) === 0) return readLiteral(packed, at + 1, high)
  if ((tag & 3) === 1) {
    return { length: (high & 7) + 4, distance: ((tag >> 5) << 8) | packed.readUInt8(at + 1), end: at + 2 }
  }
  if ((tag & 3) === 2) return { length: high + 1, distance: packed.readUInt16LE(at + 1), end: at + 3 }
  return { length: high + 1, distance: packed.readUInt32LE(at + 1), end: at + 5 }
}

function readLiteral(packed: Buffer, at: number, high: number): Element {
  const extra = Math.max(0, high - 59)
  const length = 1 + (extra === 0 ? high : packed.readUIntLE(at, extra))
  return { length, end: at + extra + length }
}

function readVarint(packed: Buffer): { readonly value: number; readonly end: number } {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = packed.readUInt8(index)
    value += (byte & 127) * 2 ** (7 * index)
    if (byte < 128) return { value, end: index + 1 }
  }
  throw new RecordsUnreadable('has a size of more than five bytes')
}

/** Of at most BLOCK bytes, as one literal. */
function packBlock(bytes: Buffer): Buffer {
  const last = bytes.length - 1
  return Buffer.concat([writeVarint(bytes.length), Buffer.from([61 << 2, last & 255, last >> 8]), bytes])
}

function writeVarint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest & 127) | 128)
  }
}
