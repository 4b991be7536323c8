import { promisify } from 'node:util'
import { gzip, zstdCompress } from 'node:zlib'
import { headerSum } from '../../../adapters/channel/kafka/compression/lz4.ts'
import type { Codecs } from '../../../adapters/channel/kafka/compression/codecs.ts'

type Pack = (bytes: Buffer) => Promise<Buffer>

/** Packs batches for the codecs under test. Snappy and LZ4 are valid and not smaller. */
export const packers: Readonly<Record<keyof Codecs, Pack>> = {
  gzip: promisify<Buffer, Buffer>(gzip),
  snappy: async (bytes) => packSnappy(bytes),
  lz4: async (bytes) => packLz4(bytes),
  zstd: promisify<Buffer, Buffer>(zstdCompress),
}

/** Magic, version and oldest version that can read it, of xerial's frames. */
const SNAPPY_HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
const SNAPPY_BLOCK = 32 * 1024

function packSnappy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [SNAPPY_HEADER]
  for (let at = 0; at < bytes.length; at += SNAPPY_BLOCK) {
    const block = literalBlock(bytes.subarray(at, at + SNAPPY_BLOCK))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

/** A block of at most `SNAPPY_BLOCK` bytes, as one literal. */
function literalBlock(bytes: Buffer): Buffer {
  const last = bytes.length - 1
  return Buffer.concat([varint(bytes.length), Buffer.from([61 << 2, last & 255, last >> 8]), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest & 127) | 128)
  }
}

const LZ4_MAGIC = 0x184d2204
/** Version 1, blocks independent of each other; blocks of at most 4 MiB. */
const LZ4_DESCRIPTOR = Buffer.from([0x60, 7 << 4])
const LZ4_STORED = 0x80000000
const LZ4_BLOCK = 4 * 1024 * 1024

function packLz4(bytes: Buffer): Buffer {
  const parts: Buffer[] = [word(LZ4_MAGIC), LZ4_DESCRIPTOR, Buffer.from([headerSum(LZ4_DESCRIPTOR)])]
  for (let at = 0; at < bytes.length; at += LZ4_BLOCK) {
    const block = bytes.subarray(at, at + LZ4_BLOCK)
    parts.push(word(block.length + LZ4_STORED), block)
  }
  return Buffer.concat([...parts, word(0)])
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
