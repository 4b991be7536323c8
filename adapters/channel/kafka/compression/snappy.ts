import { UnpackedBytes } from './lz77.ts'
import { checkSize, RecordsUnreadable } from './records-unreadable.ts'

/** Unpacks Snappy: xerial's frames from the Java clients, or one bare block. Throws `RecordsUnreadable`, or an error of Buffer. */
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

const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
/** The magic, a version and the oldest version that can read it, four bytes each. */
const HEADER = MAGIC.length + 8
/** A match packs at most 64 bytes into three. A block that claims to grow more is broken, and not worth its memory. */
const MOST_GROWTH = 64 / 3

function unpackBlock(packed: Buffer, largest: number): Buffer {
  const { value: size, end: start } = readVarint(packed)
  checkSize(size, largest)
  if (size > packed.length * MOST_GROWTH) throw new RecordsUnreadable(`says ${size} bytes and has ${packed.length}`)
  const output = new UnpackedBytes(size, size)
  for (let at = start; at < packed.length;) {
    const { distance, length, end } = readElement(packed, at)
    if (distance === undefined) output.appendLiterals(packed, end - length, end)
    else output.appendMatch(distance, length)
    at = end
  }
  // The rest of the buffer is uninitialised memory.
  if (output.length !== size) throw new RecordsUnreadable(`says ${size} bytes and unpacks to ${output.length}`)
  return output.from(0)
}

/** Literals or a match. */
interface Element {
  readonly length: number
  /** Of a match. Literals have none: their bytes are the last ones before `end`. */
  readonly distance?: number
  readonly end: number
}

/** Buffer throws where a read goes past the end. */
function readElement(packed: Buffer, at: number): Element {
  const tag = packed.readUInt8(at)
  const high = tag >> 2
  if ((tag & 3) === 0) return readLiterals(packed, at + 1, high)
  if ((tag & 3) === 1) {
    return { length: (high & 7) + 4, distance: ((tag >> 5) << 8) | packed.readUInt8(at + 1), end: at + 2 }
  }
  if ((tag & 3) === 2) return { length: high + 1, distance: packed.readUInt16LE(at + 1), end: at + 3 }
  return { length: high + 1, distance: packed.readUInt32LE(at + 1), end: at + 5 }
}

function readLiterals(packed: Buffer, at: number, high: number): Element {
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
