import { UnpackedBytes } from './lz77.ts'
import { RecordsUnreadable } from './records-unreadable.ts'
import { xxh32 } from './xxh32.ts'

/** Unpacks one or several LZ4 frames, and verifies every checksum that they carry. Throws `RecordsUnreadable`, or an error of Buffer. */
export function unpackLz4(packed: Buffer, largest: number): Buffer {
  const input: PackedInput = { packed, at: 0 }
  const output = new UnpackedBytes(4 * packed.length, largest)
  do unpackFrame(input, output)
  while (input.at < packed.length)
  return output.from(0)
}

interface PackedInput {
  readonly packed: Buffer
  at: number
}

interface FrameHeader {
  readonly largestBlock: number
  readonly hasBlockSums: boolean
  readonly hasContentSum: boolean
  readonly contentSize: bigint | undefined
}

const MAGIC = 0x184d2204
/** The first of sixteen magics of frames with other content, which are skipped. */
const SKIPPABLE = 0x184d2a50
const VERSION = 0x40
const BLOCK_SUMS = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_SUM = 0x04
const RESERVED = 0x02
const DICTIONARY = 0x01
/** Set in the size of a block that is not packed. */
const STORED = 0x80000000

function unpackFrame(input: PackedInput, output: UnpackedBytes): void {
  const magic = readWord(input)
  if (magic >= SKIPPABLE && magic < SKIPPABLE + 16) return skip(input)
  if (magic !== MAGIC) throw new RecordsUnreadable(`begins with 0x${magic.toString(16)}, which is no LZ4 frame`)
  const header = readHeader(input)
  const start = output.length
  while (unpackBlock(input, output, header));
  const content = output.from(start)
  if (header.contentSize !== undefined && header.contentSize !== BigInt(content.length)) {
    throw new RecordsUnreadable(`says ${header.contentSize} bytes and unpacks to ${content.length}`)
  }
  if (header.hasContentSum) verify(content, readWord(input), 'content')
}

/** False for the end mark, a block of size 0. */
function unpackBlock(input: PackedInput, output: UnpackedBytes, header: FrameHeader): boolean {
  const sized = readWord(input)
  if (sized === 0) return false
  const size = sized % STORED
  const end = input.at + size
  if (size > header.largestBlock || end > input.packed.length) throw new RecordsUnreadable('ends too early')
  const block = input.packed.subarray(input.at, end)
  input.at = end
  if (header.hasBlockSums) verify(block, readWord(input), 'block')
  output.beginBlock(header.largestBlock)
  if (sized >= STORED) output.appendLiterals(block, 0, block.length)
  else unpackSequences(block, output)
  output.endBlock()
  return true
}

function skip(input: PackedInput): void {
  const size = readWord(input)
  if (input.at + size > input.packed.length) throw new RecordsUnreadable('ends too early')
  input.at += size
}

function readHeader(input: PackedInput): FrameHeader {
  const start = input.at
  const flags = readByte(input)
  const size = (readByte(input) >> 4) & 7
  if ((flags & 0xc0) !== VERSION || (flags & RESERVED) !== 0) throw new RecordsUnreadable('has an unknown version')
  if ((flags & DICTIONARY) !== 0) throw new RecordsUnreadable('needs a dictionary')
  if (size < 4) throw new RecordsUnreadable(`has blocks of an unknown size, ${size}`)
  const contentSize = (flags & CONTENT_SIZE) === 0 ? undefined : readLong(input)
  const sum = headerSum(input.packed.subarray(start, input.at))
  if (readByte(input) !== sum) throw new RecordsUnreadable('has a header with a wrong checksum')
  return {
    largestBlock: 2 ** (8 + 2 * size),
    hasBlockSums: (flags & BLOCK_SUMS) !== 0,
    hasContentSum: (flags & CONTENT_SUM) !== 0,
    contentSize,
  }
}

/** A sequence is literals and a match. The last one has no match. */
function unpackSequences(packed: Buffer, output: UnpackedBytes): void {
  const input: PackedInput = { packed, at: 0 }
  for (;;) {
    const token = readByte(input)
    const literals = readLength(input, token >> 4)
    output.appendLiterals(packed, input.at, input.at + literals)
    input.at += literals
    if (input.at === packed.length) return
    const distance = packed.readUInt16LE(input.at)
    input.at += 2
    output.appendMatch(distance, 4 + readLength(input, token & 15))
  }
}

/** The length goes on in the next byte after a first value of 15, and after each byte of 255. */
function readLength(input: PackedInput, first: number): number {
  let length = first
  for (let byte = first === 15 ? 255 : 0; byte === 255;) {
    byte = readByte(input)
    length += byte
  }
  return length
}

/** Buffer throws where a read goes past the end. */
function readByte(input: PackedInput): number {
  return input.packed.readUInt8(input.at++)
}

function readWord(input: PackedInput): number {
  input.at += 4
  return input.packed.readUInt32LE(input.at - 4)
}

function readLong(input: PackedInput): bigint {
  input.at += 8
  return input.packed.readBigUInt64LE(input.at - 8)
}

function verify(bytes: Buffer, sum: number, what: string): void {
  if (xxh32(bytes) !== sum) throw new RecordsUnreadable(`has a ${what} with a wrong checksum`)
}

/** The checksum byte of a frame descriptor. */
export function headerSum(descriptor: Buffer): number {
  return (xxh32(descriptor) >>> 8) & 255
}
