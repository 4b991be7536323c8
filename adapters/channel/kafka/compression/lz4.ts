import { insert, limit, RecordsUnreadable, repeat } from './unpack.ts'

/** LZ4 frames, one or several, with every checksum that they carry. */
export function unpackLz4(packed: Buffer, largest: number): Buffer {
  const source: Source = { packed, at: 0 }
  const sink: Sink = { bytes: Buffer.allocUnsafe(Math.min(largest, 4 * packed.length)), used: 0, largest }
  do unpackFrame(source, sink)
  while (source.at < packed.length)
  return sink.bytes.subarray(0, sink.used)
}

/** A frame that everybody reads, and that is not smaller: Batuta's own messages are not worth the search for repeats. */
export function packLz4(bytes: Buffer): Buffer {
  const descriptor = Buffer.from([VERSION | INDEPENDENT, 7 << 4])
  const parts: Buffer[] = [word(MAGIC), descriptor, Buffer.from([headerSum(descriptor)])]
  for (let at = 0; at < bytes.length; at += STORED_BLOCK) {
    const block = bytes.subarray(at, at + STORED_BLOCK)
    parts.push(word(block.length + STORED), block)
  }
  return Buffer.concat([...parts, word(0)])
}

interface Source {
  readonly packed: Buffer
  at: number
}

interface Sink {
  bytes: Buffer
  used: number
  readonly largest: number
}

interface Header {
  readonly largestBlock: number
  readonly hasBlockSums: boolean
  readonly hasContentSum: boolean
  readonly contentSize: bigint | undefined
}

const MAGIC = 0x184d2204
/** Sixteen magics of frames that hold something else, and are to be skipped. */
const SKIPPABLE = 0x184d2a50
const VERSION = 0x40
const INDEPENDENT = 0x20
const BLOCK_SUMS = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_SUM = 0x04
const RESERVED = 0x02
const DICTIONARY = 0x01
/** Set in the size of a block that is not packed. */
const STORED = 0x80000000
const STORED_BLOCK = 4 * 1024 * 1024

function unpackFrame(source: Source, sink: Sink): void {
  const magic = readWord(source)
  if (magic >= SKIPPABLE && magic < SKIPPABLE + 16) return skip(source)
  if (magic !== MAGIC) throw new RecordsUnreadable(`begins with 0x${magic.toString(16)}, which is no LZ4 frame`)
  const header = readHeader(source)
  const start = sink.used
  while (unpackBlock(source, sink, header));
  const content = sink.bytes.subarray(start, sink.used)
  if (header.contentSize !== undefined && header.contentSize !== BigInt(content.length)) {
    throw new RecordsUnreadable(`says ${header.contentSize} bytes and unpacks to ${content.length}`)
  }
  if (header.hasContentSum) check(content, readWord(source), 'content')
}

function skip(source: Source): void {
  const size = readWord(source)
  if (source.at + size > source.packed.length) throw new RecordsUnreadable('ends too early')
  source.at += size
}

function readHeader(source: Source): Header {
  const start = source.at
  const flags = readByte(source)
  const size = (readByte(source) >> 4) & 7
  if ((flags & 0xc0) !== VERSION || (flags & RESERVED) !== 0) throw new RecordsUnreadable('has an unknown version')
  if ((flags & DICTIONARY) !== 0) throw new RecordsUnreadable('needs a dictionary')
  if (size < 4) throw new RecordsUnreadable(`has blocks of an unknown size, ${size}`)
  const contentSize = (flags & CONTENT_SIZE) === 0 ? undefined : readLong(source)
  const sum = headerSum(source.packed.subarray(start, source.at))
  if (readByte(source) !== sum) throw new RecordsUnreadable('has a header with a wrong checksum')
  return {
    largestBlock: 2 ** (8 + 2 * size),
    hasBlockSums: (flags & BLOCK_SUMS) !== 0,
    hasContentSum: (flags & CONTENT_SUM) !== 0,
    contentSize,
  }
}

/** Says whether there was one: the last has size 0 and is none. */
function unpackBlock(source: Source, sink: Sink, { largestBlock, hasBlockSums }: Header): boolean {
  const sized = readWord(source)
  if (sized === 0) return false
  const size = sized % STORED
  const end = source.at + size
  if (size > largestBlock || end > source.packed.length) throw new RecordsUnreadable('ends too early')
  const block = source.packed.subarray(source.at, end)
  source.at = end
  if (hasBlockSums) check(block, readWord(source), 'block')
  reserve(sink, largestBlock)
  const most = sink.used + largestBlock
  sink.used = sized >= STORED ? store(block, sink) : unpackSequences(block, sink.bytes.subarray(0, most), sink.used)
  limit(sink.used, sink.largest)
  return true
}

/** Makes room for one more block. What is over the limit by less than a block is found after it. */
function reserve(sink: Sink, more: number): void {
  const least = sink.used + more
  if (least <= sink.bytes.length) return
  const bytes = Buffer.allocUnsafe(Math.max(least, Math.min(2 * sink.bytes.length, sink.largest)))
  sink.bytes.copy(bytes, 0, 0, sink.used)
  sink.bytes = bytes
}

function store(block: Buffer, { bytes, used }: Sink): number {
  insert(bytes, used, block, 0, block.length)
  return used + block.length
}

/** Literals and a repeat, again and again; the last has literals only. */
function unpackSequences(packed: Buffer, bytes: Buffer, start: number): number {
  const source: Source = { packed, at: 0 }
  let to = start
  for (;;) {
    const token = readByte(source)
    const literals = readLength(source, token >> 4)
    insert(bytes, to, packed, source.at, source.at + literals)
    source.at += literals
    to += literals
    if (source.at === packed.length) return to
    const distance = packed.readUInt16LE(source.at)
    source.at += 2
    const length = 4 + readLength(source, token & 15)
    repeat(bytes, to, distance, length)
    to += length
  }
}

/** Fifteen says that more follows, and so does 255 of what follows. */
function readLength(source: Source, first: number): number {
  let length = first
  for (let byte = first === 15 ? 255 : 0; byte === 255;) {
    byte = readByte(source)
    length += byte
  }
  return length
}

/** Reads past the end are Buffer's to find: it throws. */
function readByte(source: Source): number {
  return source.packed.readUInt8(source.at++)
}

function readWord(source: Source): number {
  source.at += 4
  return source.packed.readUInt32LE(source.at - 4)
}

function readLong(source: Source): bigint {
  source.at += 8
  return source.packed.readBigUInt64LE(source.at - 8)
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function check(bytes: Buffer, sum: number, what: string): void {
  if (xxh32(bytes) !== sum) throw new RecordsUnreadable(`has a ${what} with a wrong checksum`)
}

function headerSum(descriptor: Buffer): number {
  return (xxh32(descriptor) >>> 8) & 255
}

/** The checksum of LZ4 frames, with seed 0. */
export function xxh32(bytes: Buffer): number {
  let at = 0
  let sum = P5
  if (bytes.length >= 16) {
    const lanes = [P1 + P2, P2, 0, -P1] as [number, number, number, number]
    for (; at + 16 <= bytes.length; at += 16) {
      lanes[0] = round(lanes[0], bytes.readUInt32LE(at))
      lanes[1] = round(lanes[1], bytes.readUInt32LE(at + 4))
      lanes[2] = round(lanes[2], bytes.readUInt32LE(at + 8))
      lanes[3] = round(lanes[3], bytes.readUInt32LE(at + 12))
    }
    sum = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18)
  }
  sum = (sum + bytes.length) | 0
  for (; at + 4 <= bytes.length; at += 4) {
    sum = Math.imul(rotate((sum + Math.imul(bytes.readUInt32LE(at), P3)) | 0, 17), P4)
  }
  for (; at < bytes.length; at++) sum = Math.imul(rotate((sum + Math.imul(bytes.readUInt8(at), P5)) | 0, 11), P1)
  return mix(sum)
}

const P1 = 0x9e3779b1
const P2 = 0x85ebca77
const P3 = 0xc2b2ae3d
const P4 = 0x27d4eb2f
const P5 = 0x165667b1

function round(lane: number, value: number): number {
  return Math.imul(rotate((lane + Math.imul(value, P2)) | 0, 13), P1)
}

function mix(sum: number): number {
  const first = Math.imul(sum ^ (sum >>> 15), P2)
  const second = Math.imul(first ^ (first >>> 13), P3)
  return (second ^ (second >>> 16)) >>> 0
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
